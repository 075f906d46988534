import { expect, test } from 'vitest';
import type { RunEvent } from '@cellfarm/protocol';
import { LiveFeed } from '../../src/client/live-feed.js';
import type { FeedSocket, FeedState } from '../../src/client/live-feed.js';
import { events, started } from '../runs.js';

class FakeSocket implements FeedSocket {
  onopen: ((event: Event) => unknown) | null = null;
  onmessage: ((event: MessageEvent) => unknown) | null = null;
  onclose: ((event: CloseEvent) => unknown) | null = null;
  closed = false;
  close(): void {
    this.closed = true;
  }
  say(sent: readonly RunEvent[]): void {
    this.onmessage?.({ data: JSON.stringify(sent) } as MessageEvent);
  }
}

function followed() {
  const sockets: { after: number; socket: FakeSocket }[] = [];
  const seen: number[] = [];
  const states: FeedState[] = [];
  const waits: { callback: () => void; ms: number }[] = [];
  const feed = new LiveFeed({
    open: (after) => {
      const socket = new FakeSocket();
      sockets.push({ after, socket });
      return socket;
    },
    onEvents: (batch) => seen.push(...batch.map(({ seq }) => seq)),
    onState: (state) => states.push(state),
    later: (callback, ms) => {
      waits.push({ callback, ms });
      return () => undefined;
    },
  });
  const last = (): FakeSocket => sockets.at(-1)?.socket ?? new FakeSocket();
  return { feed, sockets, seen, states, waits, last };
}

const stream = events([
  started,
  { type: 'cell.started', cell: 1, executionCount: 1 },
  { type: 'cell.finished', cell: 1, state: 'ok', durationMs: 1 },
  { type: 'run.finished', state: 'done', error: null },
]);

test('a cut feed goes on after the last event it saw', () => {
  const { sockets, seen, states, waits, last } = followed();
  last().onopen?.({} as Event);
  last().say(stream.slice(0, 2));
  last().onclose?.({} as CloseEvent);
  expect(states).toEqual(['live', 'away']);
  waits[0]?.callback();
  expect(sockets[1]?.after).toBe(2);
  last().say(stream.slice(1));
  expect(seen).toEqual([1, 2, 3, 4]);
});

test('it waits longer and longer until it is connected again', () => {
  const { waits, last } = followed();
  for (let time = 0; time < 6; time += 1) {
    last().onclose?.({} as CloseEvent);
    waits.at(-1)?.callback();
  }
  expect(waits.map(({ ms }) => ms)).toEqual([500, 1000, 2000, 4000, 8000, 8000]);
});

test('a finished run is not asked for again', () => {
  const { states, waits, last } = followed();
  last().say(stream);
  last().onclose?.({} as CloseEvent);
  expect(states).toEqual(['ended']);
  expect(waits).toEqual([]);
});

test('a stopped feed neither tells nor tries anything', () => {
  const { feed, seen, waits, last } = followed();
  feed.stop();
  last().say(stream);
  last().onclose?.({} as CloseEvent);
  expect(last().closed).toBe(true);
  expect(seen).toEqual([]);
  expect(waits).toEqual([]);
});
