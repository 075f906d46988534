import { createServer } from 'node:net';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { AgentId, AgentInfo, TargetName } from '@cellfarm/protocol';
import { agentQueue, openBullmqQueue, targetQueue, type LeaseQueue } from '../src/index.js';
import { leaseOf } from '../src/ticket-lease.js';
import { describeLeaseQueue, leaseNumber, signedTestTicket } from '../src/testing/index.js';
import { startBundledChild } from './bundled-child.js';
import { pidOf } from './pid-of.js';
import { startRedisForTests, type RedisForTests } from './private-redis-fixture.js';

const LOCAL = targetQueue('local' as never);
/** Short, so that tests of lost holders do not take long. */
const QUICK = { lockMs: 600, renewMs: 200, stalledMs: 200, announcementMs: 600 };

let server: RedisForTests;
let prefixes = 0;
let opened: LeaseQueue[] = [];
beforeAll(async () => {
  server = await startRedisForTests();
});
afterEach(async () => {
  await Promise.all(opened.map((queue) => queue.close()));
  opened = [];
});
afterAll(() => server.stop());

function newPrefix(): string {
  prefixes += 1;
  return `test-${prefixes}`;
}

async function open(prefix: string): Promise<LeaseQueue> {
  const queue = await openBullmqQueue({ redis: server.redis.address, prefix, ...QUICK });
  opened.push(queue);
  return queue;
}

async function redisCommand<T>(ask: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis({ path: server.redis.address });
  try {
    return await ask(redis);
  } finally {
    redis.disconnect();
  }
}

async function eventually(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Holds each lease until the signal and collects what was held. */
function takeAll(queue: LeaseQueue, held: string[]): void {
  queue.take([LOCAL], { concurrency: 8 }, (ticket, signal) => {
    held.push(leaseOf(ticket));
    return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
  });
}

describeLeaseQueue('the queue on Redis', () => {
  const prefix = newPrefix();
  return Promise.resolve({
    open: () => open(prefix),
    close: async () => {
      await Promise.all(opened.map((queue) => queue.close()));
      opened = [];
    },
  });
});

describe('when Redis is lost', () => {
  test('a kill and restart cost nothing: what waits still waits, takers hear again', async () => {
    const prefix = newPrefix();
    const service = await open(prefix);
    const agents = await open(prefix);
    const states: string[] = [];
    service.watch(({ state }) => states.push(state));
    const held: string[] = [];
    takeAll(agents, held);
    await service.offer(LOCAL, signedTestTicket(1));
    await eventually(() => held.length === 1);

    const pid = pidOf(server.redis);
    process.kill(pid, 'SIGKILL');
    await eventually(() => states.includes('down'));
    await eventually(
      () => server.redis.pid !== null && server.redis.pid !== pid && service.state().state === 'ok',
    );
    expect(states).toEqual(['down', 'ok']);

    await service.offer(LOCAL, signedTestTicket(2));
    await eventually(() => held.length === 2);
    expect(held).toEqual([leaseNumber(1), leaseNumber(2)]);
  });

  test('an offer while it is away fails at once and says so', async () => {
    const own = await startRedisForTests();
    const queue = await openBullmqQueue({ redis: own.redis.address });
    await own.stop();
    await eventually(() => queue.state().state === 'down');
    await expect(queue.offer(LOCAL, signedTestTicket(1))).rejects.toMatchObject({ code: 'C5002' });
    await expect(queue.agents()).rejects.toMatchObject({ code: 'C5002' });
    await queue.close();
  });

  test('a queue that was first used while it was away works when it is back', async () => {
    const service = await open(newPrefix());
    const pid = pidOf(server.redis);
    process.kill(pid, 'SIGKILL');
    await eventually(() => service.state().state === 'down');
    await expect(service.offer(LOCAL, signedTestTicket(1))).rejects.toMatchObject({ code: 'C5002' });
    await eventually(
      () => server.redis.pid !== null && server.redis.pid !== pid && service.state().state === 'ok',
    );
    expect(await service.offer(LOCAL, signedTestTicket(1))).toMatchObject({ id: leaseNumber(1) });
  });

  test('closing does not wait for it', async () => {
    const own = await startRedisForTests();
    const queue = await openBullmqQueue({ redis: own.redis.address });
    const held: string[] = [];
    takeAll(queue, held);
    await queue.offer(LOCAL, signedTestTicket(1));
    await eventually(() => held.length === 1);
    await own.stop();
    await eventually(() => queue.state().state === 'down');
    await queue.close();
    expect(held).toHaveLength(1);
  });

  test('a flush costs nothing but another offer', async () => {
    const prefix = newPrefix();
    const service = await open(prefix);
    const agents = await open(prefix);
    const held: string[] = [];
    await service.offer(LOCAL, signedTestTicket(1));
    await redisCommand((redis) => redis.flushall());
    takeAll(agents, held);
    await service.offer(LOCAL, signedTestTicket(1));
    await eventually(() => held.length === 1);
    await redisCommand((redis) => redis.flushall());
    await service.offer(LOCAL, signedTestTicket(2));
    await eventually(() => held.length === 2);
    expect(held).toEqual([leaseNumber(1), leaseNumber(2)]);
  });
});

describe('when a holder is lost', () => {
  test('its lease can be offered again and goes to another agent, and is never run twice by itself', async () => {
    const prefix = newPrefix();
    const service = await open(prefix);
    const child = await startBundledChild(
      `const { openBullmqQueue } = load('queue/src/index.ts');
       const queue = await openBullmqQueue({ redis: ${JSON.stringify(server.redis.address)}, prefix: '${prefix}', ...${JSON.stringify(QUICK)} });
       queue.take(['${LOCAL}'], { concurrency: 8 }, () => new Promise(() => console.log('held')));`,
      ['queue/src/index.ts'],
    );
    await service.offer(LOCAL, signedTestTicket(1));
    expect(await child.line()).toBe('held');
    await child.kill();

    const held: string[] = [];
    takeAll(await open(prefix), held);
    await new Promise((resolve) => setTimeout(resolve, 3 * QUICK.lockMs));
    expect(held).toEqual([]);
    await eventually(async () => {
      await service.offer(LOCAL, signedTestTicket(1));
      return held.length > 0;
    });
    expect(held).toEqual([leaseNumber(1)]);
  });

  test('a lease is renewed for as long as it is held', async () => {
    const prefix = newPrefix();
    const service = await open(prefix);
    const held: string[] = [];
    takeAll(await open(prefix), held);
    takeAll(await open(prefix), held);
    await service.offer(LOCAL, signedTestTicket(1));
    await eventually(() => held.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 4 * QUICK.lockMs));
    await service.offer(LOCAL, signedTestTicket(1));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(held).toEqual([leaseNumber(1)]);
  });

  test('an agent that vanished leaves the list when its time has passed, and its own queue goes with it', async () => {
    const prefix = newPrefix();
    const service = await open(prefix);
    const info: AgentInfo = {
      agent: 'gone' as AgentId,
      host: 'h',
      pid: 1,
      targets: ['local' as TargetName],
      cpus: 1,
      memoryBytes: 1,
      gpus: 0,
      devices: [],
      gpuReason: 'nvidia-smi not found',
      version: '0.1.0',
    };
    const child = await startBundledChild(
      `const { openBullmqQueue } = load('queue/src/index.ts');
       const queue = await openBullmqQueue({ redis: ${JSON.stringify(server.redis.address)}, prefix: '${prefix}', ...${JSON.stringify(QUICK)} });
       await queue.announce(${JSON.stringify(info)});
       setInterval(() => undefined, 1000);
       console.log('announced');`,
      ['queue/src/index.ts'],
    );
    expect(await child.line()).toBe('announced');
    await service.offer(agentQueue(info.agent), signedTestTicket(1));
    await new Promise((resolve) => setTimeout(resolve, 2 * QUICK.announcementMs));
    expect(await service.agents()).toEqual([info]);
    await child.kill();
    await eventually(async () => (await service.agents()).length === 0);
    const keys = await redisCommand((redis) => redis.keys(`${prefix}:*gone*`));
    expect(keys).toEqual([]);
  });
});

describe('what is left in Redis', () => {
  test('is nothing of a lease that is over, and every key has the prefix', async () => {
    const prefix = newPrefix();
    const queue = await open(prefix);
    let over = 0;
    queue.take([LOCAL], { concurrency: 4 }, () => {
      over += 1;
      return over % 2 === 0 ? Promise.resolve() : Promise.reject(new Error('ended badly'));
    });
    for (let number = 1; number <= 10; number += 1) await queue.offer(LOCAL, signedTestTicket(number));
    await eventually(() => over === 10);
    await eventually(async () => {
      const keys = await redisCommand((redis) => redis.keys(`${prefix}:*`));
      return keys.every((key) => !key.includes(':l-'));
    });
    const foreign = await redisCommand((redis) => redis.keys('*'));
    expect(foreign.filter((key) => !key.startsWith('test-'))).toEqual([]);
  });
});

describe('a Redis that cannot be used', () => {
  test('that does not answer is told with its address', async () => {
    const opening = openBullmqQueue({ redis: 'unix:///nowhere/redis.sock' });
    await expect(opening).rejects.toMatchObject({
      code: 'C5002',
      message: /unix:\/\/\/nowhere\/redis\.sock/,
    });
  });

  test('that accepts and stays silent is told too', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined).resume());
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await expect(openBullmqQueue({ redis: `redis://127.0.0.1:${port}` })).rejects.toMatchObject({
      code: 'C5002',
    });
    await new Promise((resolve) => silent.close(resolve));
  });

  test('that may evict keys is refused, with the policy named', async () => {
    await redisCommand((redis) => redis.config('SET', 'maxmemory-policy', 'allkeys-lru'));
    try {
      const opening = openBullmqQueue({ redis: server.redis.address });
      await expect(opening).rejects.toMatchObject({ code: 'C5003', message: /allkeys-lru/ });
    } finally {
      await redisCommand((redis) => redis.config('SET', 'maxmemory-policy', 'noeviction'));
    }
  });

  test('that is full refuses offers and takes them again when there is room', async () => {
    const queue = await open(newPrefix());
    await redisCommand((redis) => redis.config('SET', 'maxmemory', '1'));
    try {
      await expect(queue.offer(LOCAL, signedTestTicket(1))).rejects.toMatchObject({ code: 'C5002' });
    } finally {
      await redisCommand((redis) => redis.config('SET', 'maxmemory', '0'));
    }
    await expect(queue.offer(LOCAL, signedTestTicket(1))).resolves.toMatchObject({ id: leaseNumber(1) });
  });
});
