import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FRAME, FrameReader, MAX_FRAME_BYTES, encodeFrame, frameMeta } from '../src/frames.js';
import type { Frame, FrameFields } from '../src/frames.js';

const fields = fc.record({
  type: fc.constantFrom(...Object.values(FRAME)),
  status: fc.integer({ min: 0, max: 4 }),
  slot: fc.integer({ min: 0, max: 0xffff }),
  epoch: fc.integer({ min: 0, max: 0xffffffff }),
  attempt: fc.integer({ min: 0, max: 0xffffffff }),
  task: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  code: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  meta: fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }),
  payload: fc.uint8Array({ maxLength: 300 }),
}) satisfies fc.Arbitrary<FrameFields>;

function plain(frame: Frame): object {
  const { type, status, slot, epoch, attempt, task } = frame;
  return {
    type,
    status,
    slot,
    epoch,
    attempt,
    task,
    code: [...frame.code],
    meta: frameMeta(frame),
    payload: [...frame.payload],
  };
}

/** The bytes cut at these places, as a socket may deliver them. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [
    0,
    ...places.map((place) => place % (bytes.byteLength + 1)).sort((a, b) => a - b),
    bytes.byteLength,
  ];
  return at.slice(1).map((end, i) => bytes.slice(at[i], end));
}

describe('frames', () => {
  test('arrive as they were sent, however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fields, { minLength: 1, maxLength: 5 }),
        fc.array(fc.nat(), { maxLength: 12 }),
        (sent, places) => {
          const stream = Buffer.concat(sent.map((each) => encodeFrame(each)));
          const reader = new FrameReader();
          const got = cut(stream, places).flatMap((chunk) => reader.push(chunk));
          expect(got.map(plain)).toEqual(
            sent.map((each) => ({
              ...each,
              code: [...each.code],
              payload: [...each.payload],
              meta: { ...each.meta },
            })),
          );
        },
      ),
    );
  });

  test('without meta read as an empty object', () => {
    const [frame] = new FrameReader().push(encodeFrame({ type: FRAME.end }));
    expect(frame && frameMeta(frame)).toEqual({});
  });

  test('over the limit, or shorter than their header, are refused', () => {
    const head = (length: number): Uint8Array => new Uint8Array(new Uint32Array([length]).buffer);
    expect(() => new FrameReader().push(head(MAX_FRAME_BYTES + 1))).toThrow(RangeError);
    expect(() => new FrameReader().push(head(3))).toThrow(RangeError);
  });

  test('that name more meta than they hold are refused', () => {
    const bytes = encodeFrame({ type: FRAME.end });
    new DataView(bytes.buffer).setUint32(24, 999, true);
    expect(() => new FrameReader().push(bytes)).toThrow(RangeError);
  });
});
