// What the extension adds to JupyterLab's start: from starting the server until it answers, and from opening the page until JupyterLab
// is there. With and without cellfarm in turn, each with a fresh server and a fresh browser; ratios are taken within each round.
//   node bench/micro/lab-start.mjs [rounds]            (after `npm run setup`; Chromium from the system)
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from '@playwright/test';
import { spread } from '../driver/statistics.mjs';
import { runtimeEnv, venvPython } from '../../scripts/setup/paths.mjs';

const rounds = Number(process.argv[2] ?? 5);
const browsers = ['chromium', 'chromium-browser', 'google-chrome'].flatMap((name) =>
  process.env.PATH.split(delimiter).map((folder) => join(folder, name)),
);
const executablePath = browsers.find((path) => existsSync(path));
const taken = { with: [], without: [] };
for (let round = -1; round < rounds; round += 1) {
  for (const how of round % 2 === 0 ? ['with', 'without'] : ['without', 'with']) {
    const times = await start(how === 'with');
    if (round >= 0) taken[how].push(times); // the first round only warms up
  }
}
for (const part of ['server', 'page']) {
  const ratios = taken.with.map((times, at) => times[part] / taken.without[at][part]);
  for (const how of ['with', 'without'])
    told(
      `${part}, ${how} cellfarm`,
      taken[how].map((times) => times[part]),
      'ms',
      0,
    );
  told(`${part}, ratio`, ratios, 'x', 3);
}

/** Milliseconds until the server answers, and until its page is there. */
async function start(withCellfarm) {
  const folder = mkdtempSync(join(tmpdir(), 'cellfarm-lab-start-'));
  mkdirSync(join(folder, 'config', 'labconfig'), { recursive: true });
  const page = { disabledExtensions: withCellfarm ? {} : { cellfarm: true } };
  writeFileSync(join(folder, 'config', 'labconfig', 'page_config.json'), JSON.stringify(page));
  const server = { jpserver_extensions: { cellfarm: withCellfarm } };
  writeFileSync(
    join(folder, 'config', 'jupyter_server_config.json'),
    JSON.stringify({ ServerApp: server, IdentityProvider: { token: '' } }),
  );
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const words = [`--ServerApp.port=${port}`, '--ServerApp.open_browser=False', '--ServerApp.allow_root=True'];
  const env = {
    ...runtimeEnv(),
    JUPYTER_CONFIG_DIR: join(folder, 'config'),
    CELLFARM_HOME: join(folder, 'home'),
  };
  const began = performance.now();
  const jupyter = spawn(venvPython, ['-m', 'jupyterlab', ...words], { cwd: folder, env, stdio: 'ignore' });
  try {
    await answers(`${origin}/api/status`);
    const answered = performance.now() - began;
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    try {
      const tab = await browser.newPage();
      const opened = performance.now();
      await tab.goto(`${origin}/lab`);
      await tab.locator('.jp-Launcher').waitFor({ timeout: 120_000 });
      return { server: answered, page: performance.now() - opened };
    } finally {
      await browser.close();
    }
  } finally {
    jupyter.kill('SIGINT');
    await once(jupyter, 'exit');
    rmSync(folder, { recursive: true, force: true });
  }
}

async function answers(url) {
  for (;;) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok) return;
    await sleep(20);
  }
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  await new Promise((closed) => probe.close(closed));
  return port;
}

function told(name, values, unit, digits) {
  const { median, least, most } = spread(values);
  const [middle, low, high] = [median, least, most].map((value) => value.toFixed(digits));
  process.stdout.write(`${name.padEnd(28)}${middle} ${unit} (${low} to ${high})\n`);
}
