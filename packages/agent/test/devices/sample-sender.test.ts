// Samples travel while the service says that somebody looks; else one request waits there and this machine is left in peace.
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AgentId, SamplePost, type SampleReceipt } from '@cellfarm/protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { GpuSource } from '../../src/devices/gpu-source.js';
import { SampleSender } from '../../src/devices/sample-sender.js';
import { Sampler } from '../../src/devices/sampler.js';
import { silentLog } from '../../src/log.js';
import { newLease } from '../support/small-service.js';

interface Asked {
  readonly post: SamplePost;
  readonly agent: unknown;
  answer(receipt: SampleReceipt): void;
}

let folder: string;
let server: Server;
let sender: SampleSender;
const steps: string[] = [];
const asked: Asked[] = [];
const waiting: (() => void)[] = [];

async function next(): Promise<Asked> {
  for (;;) {
    const first = asked.shift();
    if (first) return first;
    await new Promise<void>((resolve) => waiting.push(resolve));
  }
}

function take(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    asked.push({
      post: SamplePost.parse(JSON.parse(Buffer.concat(chunks).toString())),
      agent: request.headers['x-cellfarm-agent'],
      answer: (receipt) => response.end(JSON.stringify(receipt)),
    });
    for (const told of waiting.splice(0)) told();
  });
}

beforeEach(async () => {
  steps.length = 0;
  folder = mkdtempSync(join(tmpdir(), 'cf-send-'));
  server = createServer(take);
  await new Promise<void>((resolve) => server.listen(join(folder, 's'), resolve));
  const gpus: GpuSource = {
    list: () => Promise.resolve({ devices: [], reason: '' }),
    start: () => void steps.push('start'),
    latest: () => ({ gpus: [], problem: '' }),
    stop: () => void steps.push('stop'),
  };
  sender = new SampleSender(new Sampler(gpus, () => new Set(), silentLog()), silentLog());
  const credentials = {
    lease: newLease(),
    signed: { text: '{}', mac: '0'.repeat(64) },
    agent: 'box-1-a' as AgentId,
  };
  sender.heard({ socket: join(folder, 's') }, credentials);
  sender.heard({ socket: join(folder, 's') }, credentials);
});
afterEach(async () => {
  await sender.end();
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

it('a request waits until somebody looks, then samples follow until nobody does', async () => {
  const first = await next();
  expect(first).toMatchObject({ agent: 'box-1-a', post: { wait: true, samples: [] } });
  expect(steps).toEqual([]);
  first.answer({ watched: true, after: 0 });
  const second = await next();
  expect(steps).toEqual(['start']);
  expect(second.post).toMatchObject({ wait: false });
  expect(second.post.samples).toHaveLength(1);
  second.answer({ watched: true, after: second.post.samples[0]?.time ?? 0 });
  const third = await next();
  expect(third.post.samples[0]?.time).toBeGreaterThan(second.post.samples[0]?.time ?? Infinity);
  third.answer({ watched: false, after: third.post.samples[0]?.time ?? 0 });
  expect((await next()).post).toMatchObject({ wait: true, samples: [] });
  expect(steps).toEqual(['start', 'stop']);
  expect(asked).toEqual([]);
});

it('a service that forgot everything is sent what is remembered', async () => {
  (await next()).answer({ watched: true, after: 0 });
  const before = await next();
  before.answer({ watched: true, after: 0 });
  const again = await next();
  expect(again.post.samples[0]).toEqual(before.post.samples[0]);
});

it('the end of the agent ends a request that waits', async () => {
  await next();
  await sender.end();
  expect(steps).toEqual([]);
});
