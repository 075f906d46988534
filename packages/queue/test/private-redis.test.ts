import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  findRedisServer,
  LONGEST_SOCKET_PATH,
  placeSocket,
  startPrivateRedis,
  type PrivateRedis,
} from '../src/index.js';
import { bestTie, type Tie } from '../src/tied-process.js';
import { startBundledChild } from './bundled-child.js';
import { pidOf } from './pid-of.js';

const TIES: readonly Tie[] = bestTie() === 'kernel' ? ['kernel', 'watcher'] : ['watcher'];

let folder: string;
let running: PrivateRedis[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cellfarm-private-'));
});
afterEach(async () => {
  await Promise.all(running.map((redis) => redis.stop()));
  running = [];
  await rm(folder, { recursive: true, force: true });
});

async function start(
  directory = join(folder, 'redis'),
  onRestart?: (detail: string) => void,
): Promise<PrivateRedis> {
  const redis = await startPrivateRedis({ directory, ...(onRestart ? { onRestart } : {}) });
  running.push(redis);
  return redis;
}

async function ask<T>(address: string, question: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis({ path: address }).on('error', () => undefined);
  try {
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}

async function eventually(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Whether a process runs; a zombie that nobody has collected does not. */
async function runs(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== 'linux') return true;
  return !/^State:\s+Z/m.test(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => 'State: Z'));
}

describe('a private Redis', () => {
  test('answers when it has started, keeps what it is given and never evicts', async () => {
    const { address } = await start();
    const policy = await ask(address, (redis) => redis.config('GET', 'maxmemory-policy'));
    const append = await ask(address, (redis) => redis.config('GET', 'appendonly'));
    expect([policy, append]).toEqual([
      ['maxmemory-policy', 'noeviction'],
      ['appendonly', 'yes'],
    ]);
  });

  test('listens on no port, and nobody else can reach its socket', async () => {
    const { address } = await start();
    expect(await ask(address, (redis) => redis.config('GET', 'port'))).toEqual(['port', '0']);
    expect((await stat(dirname(address))).mode & 0o077).toBe(0);
    expect((await stat(address)).mode & 0o077).toBe(0);
  });

  test('makes a folder private that was not', async () => {
    const directory = join(folder, 'open');
    await mkdir(directory);
    await chmod(directory, 0o755);
    await start(directory);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
  });

  test('that is killed is started again with what it had', async () => {
    const told: string[] = [];
    const redis = await start(undefined, (detail) => told.push(detail));
    await ask(redis.address, (client) => client.set('kept', 'yes'));
    await ask(redis.address, (client) => client.config('SET', 'appendfsync', 'always'));
    await ask(redis.address, (client) => client.set('kept', 'yes'));
    for (const count of [1, 2]) {
      const pid = pidOf(redis);
      process.kill(pid, 'SIGKILL');
      await eventually(() => redis.pid !== null && redis.pid !== pid);
      expect(await ask(redis.address, (client) => client.get('kept'))).toBe('yes');
      expect(told).toHaveLength(count);
    }
    expect(told[0]).toContain('SIGKILL');
  });

  test('keeps its data when it is stopped and another is started in the folder', async () => {
    const first = await start();
    await ask(first.address, (redis) => redis.set('kept', 'yes'));
    await first.stop();
    const second = await start();
    expect(await ask(second.address, (redis) => redis.get('kept'))).toBe('yes');
  });

  test('stopped is gone, stays gone, and may be stopped again', async () => {
    const redis = await start();
    const pid = pidOf(redis);
    await redis.stop();
    expect(await runs(pid)).toBe(false);
    await redis.stop();
    expect(redis.pid).toBeNull();
  });

  test.each(TIES)('ends when its starter is killed (%s)', async (tie) => {
    const child = await startBundledChild(
      `const { startPrivateRedis } = load('queue/src/index.ts');
       const redis = await startPrivateRedis({ directory: ${JSON.stringify(join(folder, tie))}, tie: '${tie}' });
       setInterval(() => undefined, 1000);
       console.log(redis.pid);`,
      ['queue/src/index.ts'],
    );
    const pid = Number(await child.line());
    expect(await runs(pid)).toBe(true);
    await child.kill();
    await eventually(async () => !(await runs(pid)));
  });

  test('whose program fails is told with what it said', async () => {
    const server = join(folder, 'redis-server');
    await writeFile(server, '#!/bin/sh\nexit 3\n', { mode: 0o755 });
    const starting = startPrivateRedis({ directory: join(folder, 'redis'), server });
    await expect(starting).rejects.toMatchObject({ code: 'C5002' });
  });

  test('whose program is not there is told', async () => {
    const starting = startPrivateRedis({ directory: join(folder, 'redis'), server: join(folder, 'none') });
    await expect(starting).rejects.toMatchObject({ code: 'C5002' });
  });
});

describe('the socket', () => {
  test('lies in the folder that was asked for where the path is short enough', () => {
    expect(placeSocket(folder, 'redis.sock').path).toBe(join(folder, 'redis.sock'));
  });

  test('lies in a private folder with a short name where it is not, and that folder goes with it', async () => {
    const deep = join(folder, 'a-rather-long-name'.repeat(6));
    const place = placeSocket(deep, 'redis.sock');
    expect(Buffer.byteLength(place.path)).toBeLessThanOrEqual(LONGEST_SOCKET_PATH);
    expect((await stat(dirname(place.path))).mode & 0o077).toBe(0);
    place.remove();
    await expect(stat(dirname(place.path))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('of a Redis in a deep folder works', async () => {
    const redis = await start(join(folder, 'ünïcode-and-long'.repeat(6)));
    expect(await ask(redis.address, (client) => client.ping())).toBe('PONG');
  });
});

describe('a server on PATH', () => {
  test('is the first redis-server or valkey-server that can be run', async () => {
    const [first, second] = [join(folder, 'first'), join(folder, 'second')];
    await mkdir(first);
    await mkdir(second);
    const path = `${first}:${second}`;
    expect(findRedisServer(path)).toBeNull();
    await writeFile(join(first, 'redis-server'), '', { mode: 0o644 });
    await writeFile(join(second, 'valkey-server'), '', { mode: 0o755 });
    expect(findRedisServer(path)).toBe(join(second, 'valkey-server'));
    await chmod(join(first, 'redis-server'), 0o755);
    expect(findRedisServer(path)).toBe(join(first, 'redis-server'));
  });

  test('is looked for nowhere when PATH is empty', () => {
    expect(findRedisServer('')).toBeNull();
  });
});
