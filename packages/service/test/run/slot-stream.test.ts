// How a stream to a process is closed: what was sent is still written, unless nobody reads.
import { Duplex } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { FRAME, FrameReader } from '@cellfarm/protocol';
import { Outbox } from '../../src/run/outbox.js';
import { SlotStream } from '../../src/run/slot-stream.js';
import type { Entry } from '../../src/run/slot-stream.js';

/** A socket that reads at once, or never. */
function socketTo(reader: 'reads' | 'sleeps'): { socket: Duplex; written: Buffer[] } {
  const written: Buffer[] = [];
  const socket = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      written.push(chunk);
      if (reader === 'reads') done();
    },
  });
  return { socket, written };
}

/** A journal whose disk answers when the test says so. */
class FakeJournal {
  turn = 0;
  private callbacks: (() => void)[] = [];
  afterCommit(fn: () => void): void {
    this.callbacks.push(fn);
  }
  /** A commit begins; the answer of the disk. */
  commit(): () => void {
    this.turn += 1;
    const now = this.callbacks.splice(0);
    return () => now.forEach((fn) => fn());
  }
}

function streamOver(socket: Duplex): { stream: SlotStream; ends: string[]; journal: FakeJournal } {
  const ends: string[] = [];
  const journal = new FakeJournal();
  const closed = (reason: string): void => void ends.push(reason);
  const outbox = new Outbox<Entry>(journal);
  return { stream: new SlotStream(socket, outbox, { frames: () => undefined, closed }), ends, journal };
}

const LARGE = new Uint8Array(2 ** 20);
const types = (written: Buffer[]): number[] =>
  new FrameReader().push(Buffer.concat(written)).map((frame) => frame.type);

describe('what is sent', () => {
  test('is written when its own commit is on disk, not with the one before', () => {
    const { socket, written } = socketTo('reads');
    const { stream, journal } = streamOver(socket);
    stream.send({ type: FRAME.task });
    const onDisk = journal.commit();
    stream.send({ type: FRAME.value });
    onDisk();
    expect(types(written)).toEqual([FRAME.task]);
    journal.commit()();
    expect(types(written)).toEqual([FRAME.task, FRAME.value]);
  });

  test('is dropped with a run that is let go of', () => {
    const { socket, written } = socketTo('reads');
    const { stream, journal } = streamOver(socket);
    stream.send({ type: FRAME.task });
    stream.drop();
    journal.commit()();
    expect(written).toEqual([]);
  });
});

describe('a stream that is closed', () => {
  test('still writes what was sent before, and then ends', async () => {
    const { socket, written } = socketTo('reads');
    const { stream, ends, journal } = streamOver(socket);
    stream.send({ type: FRAME.task, payload: LARGE });
    stream.close();
    expect(written).toEqual([]);
    journal.commit()();
    await new Promise((resolve) => socket.once('close', resolve));
    expect(written.reduce((sum, { length }) => sum + length, 0)).toBeGreaterThan(LARGE.length);
    expect(ends).toEqual([]);
  });

  test('is gone at once when nobody reads what was sent', () => {
    const { socket } = socketTo('sleeps');
    const { stream, ends, journal } = streamOver(socket);
    stream.send({ type: FRAME.task, payload: LARGE });
    journal.commit()();
    stream.close();
    expect(socket.destroyed).toBe(true);
    expect(ends).toEqual([]);
  });
});
