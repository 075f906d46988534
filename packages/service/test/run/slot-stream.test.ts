// How a stream to a process is closed: what was sent is still written, unless nobody reads.
import { Duplex } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { FRAME } from '@cellfarm/protocol';
import { Outbox } from '../../src/run/outbox.js';
import { SlotStream } from '../../src/run/slot-stream.js';

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

function streamOver(socket: Duplex): { stream: SlotStream; ends: string[] } {
  const ends: string[] = [];
  const outbox = new Outbox((done) => done());
  const closed = (reason: string): void => void ends.push(reason);
  return { stream: new SlotStream(socket, outbox, { frames: () => undefined, closed }), ends };
}

const LARGE = new Uint8Array(2 ** 20);

describe('a stream that is closed', () => {
  test('still writes what was sent before', async () => {
    const { socket, written } = socketTo('reads');
    const { stream, ends } = streamOver(socket);
    stream.send({ type: FRAME.task, payload: LARGE });
    stream.close();
    await new Promise((resolve) => socket.once('close', resolve));
    expect(written.reduce((sum, { length }) => sum + length, 0)).toBeGreaterThan(LARGE.length);
    expect(ends).toEqual([]);
  });

  test('is gone at once when nobody reads what was sent', () => {
    const { socket } = socketTo('sleeps');
    const { stream, ends } = streamOver(socket);
    stream.send({ type: FRAME.task, payload: LARGE });
    stream.flush();
    stream.close();
    expect(socket.destroyed).toBe(true);
    expect(ends).toEqual([]);
  });
});
