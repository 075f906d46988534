// The book of samples: what it keeps, whom it tells that somebody looks, and that it forgets.
import type { AgentId, MachineSample, SamplePost } from '@cellfarm/protocol';
import { describe, expect, test } from 'vitest';
import { SampleBook } from '../../src/devices/sample-book.js';

const idle = { isWorking: () => false };
const AGENT = 'box-1-a' as AgentId;
const staying = new AbortController().signal;

function sample(time: number): MachineSample {
  return {
    time,
    cpu: { all: 0.5, cores: [0.5] },
    memory: { usedBytes: 1, totalBytes: 2 },
    gpus: [],
    gpuProblem: 'none',
    processes: [],
  };
}
const post = (now: number, times: readonly number[], wait = false): SamplePost => ({
  now,
  wait,
  samples: times.map(sample),
});
const times = (samples: readonly MachineSample[]): number[] => samples.map(({ time }) => time);

describe('a book of samples', () => {
  test('gives what is later than what the asker has, and keeps a sample that comes twice once', async () => {
    const book = new SampleBook({ ...idle, now: () => 100_000 });
    await book.take(AGENT, post(100_000, [98_000, 99_000]), staying);
    await book.take(AGENT, post(100_000, [99_000, 99_900]), staying);
    expect(times(book.look(AGENT, 0))).toEqual([98_000, 99_000, 99_900]);
    expect(times(book.look(AGENT, 99_000))).toEqual([99_900]);
    expect(book.look('other' as AgentId, 0)).toEqual([]);
  });

  test('goes on when the clock of an agent is set back', async () => {
    let now = 100_000;
    const book = new SampleBook({ ...idle, now: () => now });
    await book.take(AGENT, post(100_000, [99_000]), staying);
    now = 101_000;
    expect((await book.take(AGENT, post(41_000, []), staying)).after).toBe(41_000);
    now = 102_000;
    await book.take(AGENT, post(42_000, [42_000]), staying);
    expect(times(book.look(AGENT, 99_000))).toEqual([102_000]);
  });

  test('says that somebody looks for as long as a question counts', async () => {
    let now = 0;
    const book = new SampleBook({ ...idle, now: () => now });
    expect(await book.take(AGENT, post(0, []), staying)).toEqual({ watched: false, after: 0 });
    book.look(AGENT, 0);
    expect((await book.take(AGENT, post(0, []), staying)).watched).toBe(true);
    now = 30_001;
    expect((await book.take(AGENT, post(now, []), staying)).watched).toBe(false);
  });

  test('lets an agent wait until somebody looks at it', async () => {
    const book = new SampleBook({ ...idle, now: () => 5 });
    const waiting = book.take(AGENT, post(5, [], true), staying);
    book.look('other' as AgentId, 0);
    expect(await Promise.race([waiting, Promise.resolve('still waiting')])).toBe('still waiting');
    book.look(AGENT, 0);
    expect(await waiting).toEqual({ watched: true, after: 0 });
  });

  test('has every agent sample while a run goes on, those that waited too', async () => {
    let working = false;
    const book = new SampleBook({ isWorking: () => working, now: () => 5 });
    const waiting = book.take(AGENT, post(5, [], true), staying);
    working = true;
    book.begin();
    expect(await waiting).toEqual({ watched: true, after: 0 });
    working = false;
    expect((await book.take(AGENT, post(5, []), staying)).watched).toBe(false);
  });

  test('answers an agent that waited in vain', async () => {
    const book = new SampleBook({ ...idle, now: () => 5, waitMs: 1 });
    expect(await book.take(AGENT, post(5, [], true), staying)).toEqual({ watched: false, after: 0 });
  });

  test('waits no longer for an agent that is gone', async () => {
    const book = new SampleBook({ ...idle, now: () => 5 });
    const gone = new AbortController();
    const waiting = book.take(AGENT, post(5, [], true), gone.signal);
    gone.abort();
    expect((await waiting).watched).toBe(false);
  });

  test('moves the times of a machine whose clock is wrong, and asks on in that clock', async () => {
    const book = new SampleBook({ ...idle, now: () => 1_000_000 });
    const receipt = await book.take(AGENT, post(400_000, [399_000]), staying);
    expect(receipt.after).toBe(399_000);
    expect(times(book.look(AGENT, 0))).toEqual([999_000]);
  });

  test('keeps ten minutes', async () => {
    const book = new SampleBook({ ...idle, now: () => 700_000 });
    for (let at = 0; at < 700; at += 50) {
      const batch = Array.from({ length: 50 }, (_, n) => (at + n + 1) * 1000);
      await book.take(AGENT, post(700_000, batch), staying);
    }
    const kept = times(book.look(AGENT, 0));
    expect(kept).toHaveLength(600);
    expect(kept.at(-1)).toBe(700_000);
  });
});
