// What every object store must do, whatever it keeps its bytes in. Given a way to open an empty one.
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Digest } from '@cellfarm/protocol';
import { parseObjectId, type ObjectId, type ObjectStore } from '../src/index.js';

export interface StoreUnderTest {
  readonly store: ObjectStore;
  close(): Promise<void>;
}

export function digestOf(bytes: Uint8Array): Digest {
  return createHash('sha256').update(bytes).digest('hex') as Digest;
}

export async function bytesIn(
  store: ObjectStore,
  id: ObjectId,
  start?: number,
  stop?: number,
): Promise<Buffer | null> {
  const range = start === undefined || stop === undefined ? undefined : { start, stop };
  const stream = await store.open(id, range);
  return stream ? Buffer.concat(await stream.toArray()) : null;
}

async function* slowly(...parts: Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    await Promise.resolve();
    yield part;
  }
}

export function describeObjectStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name} is an object store`, () => {
    let under: StoreUnderTest;
    let store: ObjectStore;
    beforeEach(async () => {
      under = await open();
      store = under.store;
    });
    afterEach(() => under.close());

    test('bytes that were put are found under their sha256', async () => {
      const bytes = Buffer.from('some bytes');
      const ref = await store.put(bytes);
      expect(ref).toEqual({ id: digestOf(bytes), size: 10 });
      expect(await bytesIn(store, ref.id)).toEqual(bytes);
      expect(await store.stat(ref.id)).toEqual(ref);
    });

    test('a stream and its bytes are the same object', async () => {
      const whole = Buffer.from('first second');
      const ref = await store.put(slowly(Buffer.from('first '), Buffer.from('second')));
      expect(ref).toEqual(await store.put(whole));
      expect(await bytesIn(store, ref.id)).toEqual(whole);
    });

    test('no bytes at all are an object too', async () => {
      const ref = await store.put(new Uint8Array(0));
      expect(ref).toEqual({ id: digestOf(new Uint8Array(0)), size: 0 });
      expect(await bytesIn(store, ref.id)).toEqual(Buffer.alloc(0));
    });

    test('a range gives its bytes and no others', async () => {
      const ref = await store.put(Buffer.from('0123456789'));
      expect((await bytesIn(store, ref.id, 3, 6))?.toString()).toBe('345');
      expect((await bytesIn(store, ref.id, 9, 10))?.toString()).toBe('9');
      await expect(store.open(ref.id, { start: 4, stop: 4 })).rejects.toMatchObject({ code: 'C6003' });
    });

    test('what is not there is null, not an error', async () => {
      const absent = digestOf(Buffer.from('never put'));
      expect(await store.open(absent)).toBeNull();
      expect(await store.stat(absent)).toBeNull();
      expect(await store.verify(absent)).toBe('missing');
    });

    test('a source that fails leaves no object and passes its error on', async () => {
      async function* failing(): AsyncGenerator<Uint8Array> {
        await Promise.resolve();
        yield Buffer.from('half');
        throw new Error('the other half is lost');
      }
      await expect(store.put(failing())).rejects.toThrow('the other half is lost');
      expect(await store.stat(digestOf(Buffer.from('half')))).toBeNull();
    });

    test('an intact object is told from a missing one', async () => {
      const ref = await store.put(Buffer.from('sound'));
      expect(await store.verify(ref.id)).toBe('intact');
    });

    test.each([
      '',
      '..',
      '../../etc/passwd',
      '/etc/passwd',
      'ab/cd',
      't-',
      'T-' + 'a'.repeat(32),
      'a'.repeat(63),
      'A'.repeat(64),
      'a'.repeat(64) + '\n',
      't-' + 'a'.repeat(32) + '/..',
      '__proto__',
    ])('the name %j is refused before anything is looked up', async (name) => {
      expect(() => parseObjectId(name)).toThrow(expect.objectContaining({ code: 'C6003' }));
      await expect(store.open(name as ObjectId)).rejects.toMatchObject({ code: 'C6003' });
      await expect(store.stat(name as ObjectId)).rejects.toMatchObject({ code: 'C6003' });
    });
  });
}
