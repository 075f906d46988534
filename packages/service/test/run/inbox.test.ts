// Results of busy slots share a turn; nothing waits for long, nothing changes its order.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Frame } from '@cellfarm/protocol';
import { Inbox } from '../../src/run/inbox.js';
import type { Slot } from '../../src/run/slots.js';

const slot = (id: string): Slot => ({ id }) as unknown as Slot;
const frame = (task: number): Frame => ({ task }) as unknown as Frame;

let delivered: string[];
let inbox: Inbox;
beforeEach(() => {
  vi.useFakeTimers();
  delivered = [];
  inbox = new Inbox((from, frames) => delivered.push(`${from.id}:${frames.map(({ task }) => task).join()}`));
});
afterEach(() => vi.useRealTimers());

describe('the inbox', () => {
  test('passes on at once what comes from a slot with little in flight', () => {
    inbox.take(slot('w0'), [frame(1)], 3);
    expect(delivered).toEqual(['w0:1']);
  });

  test('gathers what comes from busy slots for a millisecond, in order', () => {
    inbox.take(slot('w0'), [frame(1)], 60);
    inbox.take(slot('w1'), [frame(2), frame(3)], 60);
    inbox.take(slot('w0'), [frame(4)], 60);
    expect(delivered).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(delivered).toEqual(['w0:1', 'w1:2,3', 'w0:4']);
  });

  test('does not let half of a window wait', () => {
    const many = Array.from({ length: 32 }, (_, index) => frame(index));
    inbox.take(slot('w0'), many, 64);
    expect(delivered).toHaveLength(1);
  });

  test('gives out what it has when it is told to, and nothing after it is closed', () => {
    inbox.take(slot('w0'), [frame(1)], 60);
    inbox.empty();
    expect(delivered).toEqual(['w0:1']);
    inbox.take(slot('w0'), [frame(2)], 60);
    inbox.close();
    vi.advanceTimersByTime(10);
    expect(delivered).toEqual(['w0:1']);
  });
});
