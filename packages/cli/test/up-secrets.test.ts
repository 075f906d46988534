// A Redis with a password: neither what is printed nor the command line of any process tells it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, expect, it } from 'vitest';
import { Place } from './helpers/command.js';
import { commandsBelow, partsBelow, pidOf } from './helpers/processes.js';

const PASSWORD = 'never-to-be-seen';
const place = new Place();
const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});
afterAll(() => place.remove());

async function redis(): Promise<string> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await new Promise((closed) => probe.close(closed));
  const server = spawn('redis-server', ['-'], { stdio: ['pipe', 'pipe', 'inherit'] });
  ends.push(async () => {
    server.kill('SIGKILL');
    await once(server, 'close');
  });
  server.stdin.end(
    `port ${port}\nbind 127.0.0.1\nsave ""\nrequirepass ${PASSWORD}\nmaxmemory-policy noeviction\n`,
  );
  let said = '';
  server.stdout.on('data', (data: Buffer) => (said += data.toString()));
  while (!said.includes('Ready to accept connections')) await sleep(20);
  return `redis://:${PASSWORD}@127.0.0.1:${port}`;
}

it.each(['as a word', 'by the environment'])('given %s, the password is nowhere to be read', async (how) => {
  const address = await redis();
  const [words, environment] =
    how === 'as a word' ? [['--redis', address], {}] : [[], { CELLFARM_REDIS_URL: address }];
  const up = place.start(['up', ...words], environment);
  const pid = pidOf(up.process);
  ends.push(async () => {
    up.process.kill('SIGTERM');
    await up.finished;
  });
  await up.printed(/Ctrl-C here ends it/);
  expect(partsBelow(process.pid, 'service')).toHaveLength(1);
  expect(partsBelow(pid, 'agent')).toHaveLength(1);
  expect(commandsBelow(process.pid).filter((command) => command.includes(PASSWORD))).toEqual([]);
  up.process.kill('SIGTERM');
  const { stdout, stderr, code } = await up.finished;
  expect(stdout).toContain('redis://:***@127.0.0.1');
  expect(stdout + stderr).not.toContain(PASSWORD);
  expect(code).toBe(0);
});
