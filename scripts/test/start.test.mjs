// `npm start` without a command, from its first line to its last process.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { root } from '../setup/paths.mjs';

const address = /http:\/\/127\.0\.0\.1:\d+\/lab\/tree\/examples\/digits\.ipynb\?token=\w+/;

let folder = '';
let started;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cellfarm-start-'));
  const places = {
    CELLFARM_HOME: join(folder, 'home'),
    JUPYTER_CONFIG_DIR: join(folder, 'config'),
    JUPYTER_RUNTIME_DIR: join(folder, 'runtime'),
  };
  started = spawn(process.execPath, [join(root, 'scripts', 'start.mjs'), 'lab', '--no-browser', '--port=0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...places },
  });
});

afterEach(async () => {
  if (started.exitCode === null && started.kill('SIGTERM')) await once(started, 'exit');
  rmSync(folder, { recursive: true, force: true });
});

async function printed(pattern) {
  let text = '';
  for await (const piece of started.stderr.setEncoding('utf8')) {
    text += piece;
    const found = pattern.exec(text);
    if (found !== null) return found[0];
  }
  throw new Error(`it ended and had only said: ${text}`);
}

async function statusWhenReady(page) {
  const url = new URL(page);
  const asked = new URL('/cellfarm/api/status', url.origin);
  const headers = { authorization: `token ${url.searchParams.get('token')}` };
  for (;;) {
    const status = await (await fetch(asked, { headers })).json();
    if (status.state === 'ready') return status;
    if (status.state === 'failed') throw new Error(JSON.stringify(status));
    await sleep(100);
  }
}

const isAlive = (pid) => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if (error.code === 'ESRCH') return false;
    throw error;
  }
};

test('npm start prints where JupyterLab shows the example, with the extension and a service, and leaves nothing', async () => {
  const page = await printed(address);
  expect(await (await fetch(page)).text()).toContain('"name": "cellfarm"');
  const { service } = await statusWhenReady(page);
  expect(isAlive(service.pid)).toBe(true);

  started.kill('SIGTERM');
  await once(started, 'exit');
  expect(isAlive(service.pid)).toBe(false);
}, 180_000);
