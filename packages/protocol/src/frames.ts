// The binary framing of one stream between the service and a process (home, worker, shard); the agent between them copies bytes.
// A frame is: u32 length of what follows | 24-byte header | 16-byte code digest | body. The body is JSON meta (`metaLength`
// bytes, UTF-8, may be empty) followed by a payload that nobody but Python reads. All numbers are little-endian.

export const PROTOCOL_VERSION = 1;
const HEADER_BYTES = 24;
const CODE_BYTES = 16;
const FIXED_BYTES = HEADER_BYTES + CODE_BYTES;

/** Largest frame accepted, in bytes; larger values travel as objects. */
export const MAX_FRAME_BYTES = 64 * 2 ** 20;
/** Payloads above this many bytes travel as objects where the object folder is shared. */
export const INLINE_LIMIT_BYTES = 256 * 2 ** 10;

/** Frame types. 1-63: service to process; 64-127: process to service. The JSON meta of each is in `worker-messages.ts`. */
export const FRAME = {
  play: 1,
  ship: 2,
  bind: 3,
  fork: 4,
  code: 5,
  task: 6,
  value: 7,
  mapPlan: 8,
  inspect: 9,
  end: 10,
  runCell: 11,
  hello: 64,
  output: 65,
  played: 66,
  shipped: 67,
  bound: 68,
  over: 69,
  items: 70,
  forked: 71,
  result: 72,
  mapClosed: 73,
  sealed: 74,
  inspected: 75,
  note: 76,
} as const;
export type FrameType = (typeof FRAME)[keyof typeof FRAME];

/** Outcome of one shard or away cell, in the header's status byte. */
export const STATUS = {
  /** The payload is the result. */
  ok: 0,
  /** The code raised; home computes the element itself, with the true traceback. */
  raised: 1,
  /** A guard saw an effect; home computes the element itself. */
  rejected: 2,
  /** The result cannot be pickled; home computes the element itself. */
  unshippable: 3,
  /** The service gave the task up after it ended several processes. */
  lost: 4,
} as const;
export type Status = (typeof STATUS)[keyof typeof STATUS];

export interface Frame {
  readonly type: number;
  readonly status: number;
  /** Number of the slot within the run; 0xffff for home. */
  readonly slot: number;
  readonly epoch: number;
  readonly attempt: number;
  /** Number of the task within the run; 0 where the frame concerns no shard. */
  readonly task: number;
  /** First 16 bytes of the sha256 of the function's code, zero where there is none. */
  readonly code: Uint8Array;
  /** Parsed lazily by the receiver with the schema of the type. */
  readonly meta: Uint8Array;
  readonly payload: Uint8Array;
}

export const NO_BYTES = new Uint8Array(0);
const NO_CODE = new Uint8Array(CODE_BYTES);
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export interface FrameFields {
  readonly type: FrameType;
  readonly status?: number;
  readonly slot?: number;
  readonly epoch?: number;
  readonly attempt?: number;
  readonly task?: number;
  readonly code?: Uint8Array;
  /** Encoded as JSON; pass bytes where they are encoded already. */
  readonly meta?: object | Uint8Array;
  readonly payload?: Uint8Array;
}

/** Head of a frame (everything but the payload, which follows it on the stream unchanged). */
export function encodeFrameHead(fields: FrameFields): Uint8Array {
  const meta =
    fields.meta === undefined
      ? NO_BYTES
      : fields.meta instanceof Uint8Array
        ? fields.meta
        : encoder.encode(JSON.stringify(fields.meta));
  const payloadBytes = fields.payload?.byteLength ?? 0;
  const head = new Uint8Array(4 + FIXED_BYTES + meta.byteLength);
  const view = new DataView(head.buffer);
  view.setUint32(0, FIXED_BYTES + meta.byteLength + payloadBytes, true);
  view.setUint8(4, fields.type);
  view.setUint8(5, fields.status ?? 0);
  view.setUint16(6, fields.slot ?? 0, true);
  view.setUint32(8, fields.epoch ?? 0, true);
  view.setUint32(12, fields.attempt ?? 0, true);
  view.setBigUint64(16, BigInt(fields.task ?? 0), true);
  view.setUint32(24, meta.byteLength, true);
  head.set(fields.code ?? NO_CODE, 4 + HEADER_BYTES);
  head.set(meta, 4 + FIXED_BYTES);
  return head;
}

/** One whole frame in one piece. */
export function encodeFrame(fields: FrameFields): Uint8Array {
  const head = encodeFrameHead(fields);
  if (!fields.payload || fields.payload.byteLength === 0) return head;
  const whole = new Uint8Array(head.byteLength + fields.payload.byteLength);
  whole.set(head);
  whole.set(fields.payload, head.byteLength);
  return whole;
}

function decodeFrame(bytes: Uint8Array, start: number, length: number): Frame {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, length);
  const metaEnd = FIXED_BYTES + view.getUint32(20, true);
  if (metaEnd > length) throw new RangeError('a frame names more meta bytes than it holds');
  return {
    type: view.getUint8(0),
    status: view.getUint8(1),
    slot: view.getUint16(2, true),
    epoch: view.getUint32(4, true),
    attempt: view.getUint32(8, true),
    task: Number(view.getBigUint64(12, true)),
    code: bytes.subarray(start + HEADER_BYTES, start + FIXED_BYTES),
    meta: bytes.subarray(start + FIXED_BYTES, start + metaEnd),
    payload: bytes.subarray(start + metaEnd, start + length),
  };
}

/** JSON meta of a frame; `{}` where it has none. Throws SyntaxError when it is not JSON. */
export function frameMeta(frame: Frame): unknown {
  return frame.meta.byteLength === 0 ? {} : JSON.parse(decoder.decode(frame.meta));
}

/** Cuts a byte stream into frames. Feed it chunks as they arrive; frames share memory with the chunks. */
export class FrameReader {
  private rest: Uint8Array[] = [];
  private restBytes = 0;

  /** Frames completed by `chunk`. Throws RangeError for a frame over the limit or shorter than its header. */
  push(chunk: Uint8Array): Frame[] {
    this.rest.push(chunk);
    this.restBytes += chunk.byteLength;
    const needed = this.neededBytes();
    if (needed === null || this.restBytes < needed) return [];
    const bytes = this.joined();
    const frames: Frame[] = [];
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    while (bytes.byteLength - at >= 4) {
      const length = checkedLength(view.getUint32(at, true));
      if (bytes.byteLength - at - 4 < length) break;
      frames.push(decodeFrame(bytes, at + 4, length));
      at += 4 + length;
    }
    this.rest = at < bytes.byteLength ? [bytes.subarray(at)] : [];
    this.restBytes = bytes.byteLength - at;
    return frames;
  }

  /** Bytes of the first frame with its length field; null while even that is not here. */
  private neededBytes(): number | null {
    if (this.restBytes < 4) return null;
    const first = this.rest[0];
    if (!first || first.byteLength < 4) this.rest = [this.joined()];
    const head = this.rest[0] as Uint8Array;
    return 4 + checkedLength(new DataView(head.buffer, head.byteOffset, 4).getUint32(0, true));
  }

  private joined(): Uint8Array {
    if (this.rest.length === 1) return this.rest[0] as Uint8Array;
    const whole = new Uint8Array(this.restBytes);
    let at = 0;
    for (const part of this.rest) {
      whole.set(part, at);
      at += part.byteLength;
    }
    return whole;
  }
}

function checkedLength(length: number): number {
  if (length < FIXED_BYTES || length > MAX_FRAME_BYTES) throw new RangeError(`a frame of ${length} bytes`);
  return length;
}
