// BullMQ as it comes: one job a task, producer and worker in this Node process, a Redis of its own with the append-only file on. The
// tasks are JavaScript functions, so no Python process is paid for. Argument: workers.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue, Worker } from 'bullmq';
import { percentiles } from '../driver/statistics.mjs';
import { serve } from './serve.mjs';

/** Jobs in work at once where the tasks do nothing. */
const CONCURRENCY = 50;
const BATCH = 1_000;
const DONE = { removeOnComplete: true, removeOnFail: true };

const workers = Number(process.argv[2]);
const folder = mkdtempSync(join(tmpdir(), 'cellfarm-bullmq-'));
const path = join(folder, 'socket');
const options = ['--port', '0', '--unixsocket', path, '--dir', folder, '--appendonly', 'yes', '--save', ''];
const redis = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] });
for await (const text of redis.stdout) if (String(text).includes('eady to accept')) break;
redis.stdout.resume();

const connection = { path, maxRetriesPerRequest: null };
const queue = new Queue('tasks', { connection });
await queue.waitUntilReady();

/** Opens a worker that plays jobs, runs `work(ended)`, and closes it; `ended(n)` waits until n jobs are completed since it was asked. */
async function withWorker(play, concurrency, work) {
  const worker = new Worker('tasks', play, { connection, concurrency });
  worker.on('error', (error) => process.stderr.write(`${error.stack}\n`));
  await worker.waitUntilReady();
  const ended = (count) =>
    new Promise((resolve) => {
      let seen = 0;
      const listen = () => {
        seen += 1;
        if (seen < count) return;
        worker.off('completed', listen);
        resolve();
      };
      worker.on('completed', listen);
    });
  try {
    return await work(ended);
  } finally {
    await worker.close();
  }
}

async function add(count, data) {
  for (let at = 0; at < count; at += BATCH) {
    const jobs = Array.from({ length: Math.min(BATCH, count - at) }, (_, i) => ({
      name: 'task',
      data: { value: data ?? at + i },
      opts: DONE,
    }));
    await queue.addBulk(jobs);
  }
}

async function timed(ended, count, data) {
  const all = ended(count);
  const began = performance.now();
  await add(count, data);
  await all;
  return performance.now() - began;
}

const same = async (job) => job.data.value;

const measures = {
  noOp: ({ count }) =>
    withWorker(same, CONCURRENCY, async (ended) => {
      await timed(ended, 200);
      return { tasksPerSecond: count / ((await timed(ended, count)) / 1e3) };
    }),
  roundTrip: ({ repeats }) =>
    withWorker(same, workers, async (ended) => {
      await timed(ended, 200);
      const times = [];
      for (let i = 0; i < repeats; i += 1) times.push(await timed(ended, 2));
      return percentiles(times);
    }),
  /** Each job adds the next one before it ends. */
  async chain({ count }) {
    const next = async (job) => {
      const { left } = job.data;
      if (left > 1) await queue.add('task', { left: left - 1 }, DONE);
      return left;
    };
    return withWorker(next, workers, async (ended) => {
      const all = ended(count);
      const began = performance.now();
      await queue.add('task', { left: count }, DONE);
      await all;
      return { stepMicroseconds: ((performance.now() - began) / count) * 1e3 };
    });
  },
  resting: ({ count, milliseconds }) =>
    withWorker(
      (job) => sleep(job.data.value),
      workers,
      async (ended) => ({ seconds: (await timed(ended, count, milliseconds)) / 1e3 }),
    ),
};

await serve(measures, async () => {
  await queue.close();
  redis.kill('SIGTERM');
  if (redis.exitCode === null) await once(redis, 'exit');
  rmSync(folder, { recursive: true, force: true });
});
process.exit(0);
