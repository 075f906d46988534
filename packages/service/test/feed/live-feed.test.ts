// The live feed over real sockets: WebSocket, one event or one batch a message, and lines of JSON; cut off and taken up again.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { RunEvent } from '@cellfarm/protocol';
import { playSimply, startFarm } from '../run/fake-farm.js';
import type { Farm } from '../run/fake-farm.js';

let farm: Farm;
beforeEach(async () => {
  farm = await startFarm({
    frame: (process, frame) => {
      if (!Buffer.from(frame.meta).includes('hang')) playSimply(process, frame);
    },
  });
});
afterEach(() => farm.stop());

const CELLS = Array.from({ length: 20 }, (_, index) => `print("${index}")`);
const numbered = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

/** Events from `after` on, until the run is finished or `most` have come; then the connection is cut. */
function listen(run: string, after: number, most: number, query = ''): Promise<RunEvent[]> {
  const { socket, token } = farm.service.address;
  const path = `/v1/feed?run=${run}&after=${after}${query}`;
  const feed = new WebSocket(`ws+unix:${socket}:${path}`, { headers: { authorization: `Bearer ${token}` } });
  const events: RunEvent[] = [];
  return new Promise((resolve, reject) => {
    feed.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString('utf8')) as RunEvent | RunEvent[];
      events.push(...(Array.isArray(message) ? message : [message]));
      if (events.length >= most) feed.terminate();
    });
    feed.on('error', reject);
    feed.on('close', () => resolve(events.slice(0, most)));
  });
}

describe('the live feed', () => {
  test('tells every event once, in order, and ends with the run', async () => {
    const events = await listen(await farm.start(CELLS), 0, Infinity);
    expect(events.map((event) => event.seq)).toEqual(numbered(events.length));
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', state: 'done' });
  });

  test('that is cut off again and again goes on where it was, without a gap', async () => {
    const run = await farm.start(CELLS);
    const seen: RunEvent[] = [];
    while (seen.at(-1)?.type !== 'run.finished') seen.push(...(await listen(run, seen.length, 7)));
    expect(seen.map((event) => event.seq)).toEqual(numbered(seen.length));
    expect(seen).toEqual(await farm.events(run));
  });

  test('in batches tells the same', async () => {
    const run = await farm.start(CELLS);
    const batched = await listen(run, 0, Infinity, '&batch=1');
    expect(batched).toEqual(await farm.events(run));
  });

  test('ends at once for who has all events of a finished run already', async () => {
    const run = await farm.start(CELLS);
    const { length } = await farm.events(run);
    expect(await listen(run, length, Infinity)).toEqual([]);
    expect((await farm.call('GET', `/v1/runs/${run}/events?follow=1&after=${length}`)).text).toBe('');
  });

  test('does not take orders: a client that sends is cut off', async () => {
    const run = await farm.start(['hang = 1']);
    const { socket, token } = farm.service.address;
    const url = `ws+unix:${socket}:/v1/feed?run=${run}&after=999`;
    const feed = new WebSocket(url, { headers: { authorization: `Bearer ${token}` } });
    feed.on('open', () => feed.send('{"type": "cancel"}'));
    expect(await new Promise((resolve) => feed.on('close', resolve))).toBe(1008);
  });

  test('as lines is what there is, or, followed, all until the end', async () => {
    const run = await farm.start(CELLS);
    const followed = await farm.events(run);
    const { text } = await farm.call('GET', `/v1/runs/${run}/events?after=5`);
    const lines = text.trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as RunEvent).seq)).toEqual(
      numbered(followed.length).slice(5),
    );
    expect(await farm.call('GET', `/v1/runs/${run}/events?after=-1`)).toMatchObject({ status: 400 });
  });
});
