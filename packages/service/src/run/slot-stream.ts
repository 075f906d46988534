// One stream to a process (home, worker, shard), through an agent that copies bytes: frames out of chunks, chunks out of frames.
// Knows nothing of what frames mean. Small frames are joined, so that a turn is one write.
import type { Duplex } from 'node:stream';
import { FrameReader, encodeFrameHead } from '@cellfarm/protocol';
import type { Frame, FrameFields } from '@cellfarm/protocol';
import type { Outbox, Recipient } from './outbox.js';

export interface StreamEvents {
  /** All frames that one chunk completed, in order. */
  frames(frames: readonly Frame[]): void;
  /** The stream is over, once; `reason` is empty when the other side just ended it. */
  closed(reason: string): void;
}

/** Heads and payloads up to this size are copied together; larger payloads are handed to the socket as they are. */
const JOIN_LIMIT_BYTES = 16 * 2 ** 10;
const JOINED_BYTES = 64 * 2 ** 10;
/** Longest time for what was sent before a close to be read, ms. */
const DRAIN_MS = 2_000;

/** A frame, or who makes it when its commit is on disk; `end`: nothing more comes. */
export type Entry = FrameFields | (() => FrameFields) | 'end';

export class SlotStream implements Recipient<Entry> {
  private readonly reader = new FrameReader();
  /** Nothing is heard or accepted any more; what was accepted before may still be written. */
  private over = false;

  constructor(
    private readonly socket: Duplex,
    private readonly outbox: Outbox<Entry>,
    private readonly events: StreamEvents,
  ) {
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('error', (error) => this.end(error.message));
    socket.on('end', () => this.end(''));
    socket.on('close', () => this.end(''));
  }

  /** Feeds bytes that arrived before the stream was taken over. */
  receive(chunk: Uint8Array): void {
    if (this.over) return;
    let frames: Frame[];
    try {
      frames = this.reader.push(chunk);
    } catch (error) {
      this.end(error instanceof Error ? error.message : 'bad frame');
      return;
    }
    if (frames.length > 0) this.events.frames(frames);
  }

  /** Written when its commit is on disk; a function is asked for its frame only then. */
  send(frame: FrameFields | (() => FrameFields)): void {
    if (!this.over) this.outbox.add(this, frame);
  }

  write(entries: readonly Entry[]): void {
    const { socket } = this;
    if (socket.destroyed) return;
    const frames = entries.filter((entry) => entry !== 'end');
    const chunks = joinSmall(
      frames.flatMap((frame) => piecesOf(typeof frame === 'function' ? frame() : frame)),
    );
    socket.cork();
    for (const chunk of chunks) socket.write(chunk);
    socket.uncork();
    if (frames.length === entries.length) return;
    socket.end(() => socket.destroy());
    setTimeout(() => socket.destroy(), DRAIN_MS).unref();
  }

  /**
   * Ends the connection; what was sent before is still written, unless the other side is not even reading what it has: then all of it
   * is dropped at once. `closed` is not called.
   */
  close(): void {
    if (this.over) return;
    this.over = true;
    if (this.socket.writableNeedDrain) this.socket.destroy();
    else this.outbox.add(this, 'end');
  }

  /** Ends the connection now; what was not written yet is dropped. `closed` is not called. */
  drop(): void {
    this.over = true;
    this.socket.destroy();
  }

  private end(reason: string): void {
    if (this.over) return;
    this.over = true;
    this.socket.destroy();
    this.events.closed(reason);
  }
}

function piecesOf(fields: FrameFields): Uint8Array[] {
  const head = encodeFrameHead(fields);
  return fields.payload && fields.payload.byteLength > 0 ? [head, fields.payload] : [head];
}

function joinSmall(chunks: readonly Uint8Array[]): Uint8Array[] {
  const joined: Uint8Array[] = [];
  let small: Uint8Array[] = [];
  let bytes = 0;
  const finish = (): void => {
    if (small.length === 1) joined.push(small[0] as Uint8Array);
    else if (small.length > 1) joined.push(Buffer.concat(small, bytes));
    small = [];
    bytes = 0;
  };
  for (const chunk of chunks) {
    if (chunk.byteLength > JOIN_LIMIT_BYTES) {
      finish();
      joined.push(chunk);
      continue;
    }
    if (bytes + chunk.byteLength > JOINED_BYTES) finish();
    small.push(chunk);
    bytes += chunk.byteLength;
  }
  finish();
  return joined;
}
