// What a service leaves in CELLFARM_HOME, and finds there: keys, addresses, logs, and the remains of dead services.
import { mkdir, mkdtemp, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunId } from '@cellfarm/protocol';
import { openMemoryQueue } from '@cellfarm/queue';
import { readServiceAddress, removeServiceAddress, signingKey, writeServiceAddress } from '../src/index.js';
import { createLog, withoutPassword } from '../src/log.js';
import { openQueue } from '../src/redis.js';
import { runLog } from '../src/run/run-log.js';
import { sweepServices } from '../src/sweep-services.js';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'cellfarm-home-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

describe('the signing key', () => {
  test('is made once, also by two who start together, and only its user can read it', async () => {
    const keys = await Promise.all([signingKey(home), signingKey(home), signingKey(home)]);
    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(1);
    expect(keys[0]?.byteLength).toBe(32);
    expect((await stat(join(home, 'key'))).mode & 0o777).toBe(0o600);
    expect(await signingKey(home)).toEqual(keys[0]);
    expect(await readdir(home)).toEqual(['key']);
  });

  test('that is too short is not used', async () => {
    await writeFile(join(home, 'key'), 'short');
    await expect(signingKey(home)).rejects.toThrow();
  });
});

describe('the address of the service', () => {
  const address = { socket: '/s', token: 'secret', version: '0.1.0', redis: null };

  test('is readable by its user only, and found while the service lives', async () => {
    await writeServiceAddress(home, { ...address, pid: process.pid });
    expect((await stat(join(home, 'service.json'))).mode & 0o777).toBe(0o600);
    expect(await readServiceAddress(home)).toEqual({ ...address, pid: process.pid });
  });

  test('of a dead service is not found', async () => {
    await writeServiceAddress(home, { ...address, pid: 2 ** 22 + 1 });
    expect(await readServiceAddress(home)).toBeNull();
  });

  test('is removed by the service that wrote it only', async () => {
    await writeServiceAddress(home, { ...address, pid: process.pid });
    await removeServiceAddress(home, process.pid + 1);
    expect(await readServiceAddress(home)).not.toBeNull();
    await removeServiceAddress(home, process.pid);
    expect(await readServiceAddress(home)).toBeNull();
  });
});

describe('the log', () => {
  test('keeps no token, nonce, ticket or password', async () => {
    const path = join(home, 'service.log');
    const log = createLog(path);
    const secret = 'PCANARY_0123';
    log.info(
      {
        token: secret,
        ticket: { nonce: secret, mac: secret },
        request: { headers: { 'x-cellfarm-ticket': secret } },
      },
      'said',
    );
    log.info({ headers: { 'x-cellfarm-ticket': secret }, authorization: secret }, 'said');
    log.info({ redis: withoutPassword(`redis://user:${secret}@host:1/0`) }, 'said');
    const text = await readFile(path, 'utf8');
    expect(text.match(/said/g)).toHaveLength(3);
    expect(text).not.toContain(secret);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('of a run is what all services said about it, in the order of time', async () => {
    const run = 'r-0123456789abcdef' as RunId;
    const line = (time: number, more: object): string => `${JSON.stringify({ time, ...more })}\n`;
    await mkdir(join(home, 'services', '1'), { recursive: true });
    await mkdir(join(home, 'services', '2'), { recursive: true });
    await writeFile(
      join(home, 'services', '1', 'service.log'),
      line(1, { run, msg: 'a' }) + line(3, { run, msg: 'c' }),
    );
    const other = line(2, { run: 'r-ffffffffffffffff', msg: run });
    await writeFile(join(home, 'services', '2', 'service.log'), other + line(2, { run, msg: 'b' }) + 'torn');
    const said = (await runLog(home, run)).map((text) => (JSON.parse(text) as { msg: string }).msg);
    expect(said).toEqual(['a', 'b', 'c']);
  });
});

describe('the remains of dead services', () => {
  test('go, but for logs of the last days; those of living ones stay', async () => {
    for (const name of ['1', '2', '3', 'other']) {
      await mkdir(join(home, 'services', name, 'redis'), { recursive: true });
      await writeFile(join(home, 'services', name, 'service.log'), '');
    }
    const now = Date.now();
    await utimes(join(home, 'services', '3', 'service.log'), 0, now / 1000 - 30 * 86_400);
    await sweepServices(home, (pid) => pid === 1, now);
    expect((await readdir(join(home, 'services'))).sort()).toEqual(['1', '2', 'other']);
    expect(await readdir(join(home, 'services', '1'))).toContain('redis');
    expect(await readdir(join(home, 'services', '2'))).toEqual(['service.log']);
  });
});

describe('the queue of a service', () => {
  const around = (env: Record<string, string>) => ({ folder: home, env, log: createLog(null) });

  test('is in this process, with a note, where no Redis is named and none is found', async () => {
    const path = process.env['PATH'];
    process.env['PATH'] = home;
    try {
      const opened = await openQueue({ type: 'auto' }, around({}));
      expect(opened).toMatchObject({ address: null, note: expect.stringContaining('no Redis') as string });
      expect(opened.queue.kind).toBe('memory');
      await opened.close();
    } finally {
      process.env['PATH'] = path;
    }
  });

  test('is the one that was given, which stays open', async () => {
    const queue = openMemoryQueue();
    const opened = await openQueue({ type: 'given', queue }, around({}));
    expect(opened.queue).toBe(queue);
    await opened.close();
    expect(queue.state().state).toBe('ok');
    await queue.close();
  });

  test('that does not answer is refused by name, without its password', async () => {
    const address = 'redis://user:PCANARY_0123@127.0.0.1:1/0';
    const error = await openQueue({ type: 'redis', address }, around({})).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'C5002' });
    expect((error as Error).message).toContain('127.0.0.1');
    expect((error as Error).message).not.toContain('PCANARY');
  });
});
