import {
  mkdtemp,
  readdir,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
  mkdir,
  rename,
  truncate,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openFileStore, type ObjectStore, type TempId } from '../src/index.js';
import { startBundledChild } from '../../queue/test/bundled-child.js';
import { bytesIn, describeObjectStore, digestOf } from './object-store-suite.js';

let folder: string;
let store: ObjectStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cellfarm-objects-'));
  store = await openFileStore(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describeObjectStore('the file store', async () => {
  const own = await mkdtemp(join(tmpdir(), 'cellfarm-objects-'));
  return { store: await openFileStore(own), close: () => rm(own, { recursive: true, force: true }) };
});

const TEMP = `t-${'0123456789abcdef'.repeat(2)}` as TempId;
const BYTES = Buffer.from('the value of a cell');
const DIGEST = digestOf(BYTES);

function finalPath(): string {
  return join(folder, DIGEST.slice(0, 2), DIGEST);
}
function tempPath(temp: TempId = TEMP): string {
  return join(folder, 'tmp', temp);
}
async function visibleObjects(): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => /[0-9a-f]{64}$/.test(name));
}
function writeTemp(bytes: Uint8Array = BYTES): Promise<void> {
  return writeFile(tempPath(), bytes);
}
async function renameAsWriter(): Promise<void> {
  await mkdir(join(folder, DIGEST.slice(0, 2)), { recursive: true });
  await rename(tempPath(), finalPath());
}

describe('a temporary object', () => {
  test('is read under its temporary id before it is sealed, and under both names after', async () => {
    await writeTemp();
    expect(await bytesIn(store, TEMP)).toEqual(BYTES);
    expect(store.digestOf(TEMP)).toBeNull();
    await renameAsWriter();
    expect(await store.seal(TEMP, DIGEST)).toEqual({ id: DIGEST, size: BYTES.length });
    expect(await bytesIn(store, TEMP)).toEqual(BYTES);
    expect(await bytesIn(store, DIGEST)).toEqual(BYTES);
    expect(await store.stat(TEMP)).toEqual({ id: DIGEST, size: BYTES.length });
    expect(store.digestOf(TEMP)).toBe(DIGEST);
  });

  test('whose writer died before it renamed is named by the store', async () => {
    await writeTemp();
    expect(await store.seal(TEMP, DIGEST)).toEqual({ id: DIGEST, size: BYTES.length });
    expect(await visibleObjects()).toHaveLength(1);
    expect(await readdir(join(folder, 'tmp'))).toEqual([]);
  });

  test('is not named by a digest that its bytes do not have', async () => {
    await writeTemp(Buffer.from('other bytes'));
    await expect(store.seal(TEMP, DIGEST)).rejects.toMatchObject({ code: 'C5006' });
    expect(await visibleObjects()).toEqual([]);
  });

  test('that is nowhere cannot be sealed', async () => {
    await expect(store.seal(TEMP, DIGEST)).rejects.toMatchObject({ code: 'C5006' });
  });

  test('whose writer is gone is adopted when it is whole, and only then', async () => {
    await writeTemp();
    expect(await store.adopt(TEMP, BYTES.length + 1)).toBeNull();
    expect(await store.adopt(TEMP, BYTES.length)).toEqual({ id: DIGEST, size: BYTES.length });
    expect(await bytesIn(store, TEMP)).toEqual(BYTES);
    expect(await store.adopt(`t-${'f'.repeat(32)}` as TempId, 4)).toBeNull();
  });

  test('is swept when it is old, and no sealed object ever is', async () => {
    const kept = await store.put(Buffer.from('sealed'));
    const old = `t-${'a'.repeat(32)}` as TempId;
    await writeTemp();
    await writeFile(tempPath(old), 'left behind');
    await utimes(tempPath(old), 0, 0);
    await utimes(join(folder, kept.id.slice(0, 2), kept.id), 0, 0);
    expect(await store.sweepTemp(60_000)).toEqual([old]);
    expect(await bytesIn(store, TEMP)).toEqual(BYTES);
    expect(await store.verify(kept.id)).toBe('intact');
  });
});

describe('objects that nobody needs', () => {
  test('are removed when they are old, and the others stay', async () => {
    const [kept, young, old] = await Promise.all(
      ['kept', 'young', 'old'].map((text) => store.put(Buffer.from(text))),
    );
    for (const ref of [kept, old]) {
      if (ref) await utimes(join(folder, ref.id.slice(0, 2), ref.id), 0, 0);
    }
    expect(await store.sweepSealed((digest) => digest === kept?.id, 60_000)).toBe(1);
    expect(
      await Promise.all([kept, young, old].map((ref) => (ref ? store.stat(ref.id) : Promise.resolve(null)))),
    ).toEqual([kept, young, null]);
  });
});

describe('a damaged folder', () => {
  test('a flipped byte is seen, and the object is no longer found', async () => {
    const { id } = await store.put(BYTES);
    const damaged = Buffer.from(BYTES);
    damaged[3] = (damaged[3] ?? 0) ^ 1;
    await writeFile(finalPath(), damaged);
    expect(await store.verify(id)).toBe('corrupt');
    expect(await store.stat(id)).toBeNull();
    expect(await store.verify(id)).toBe('missing');
  });

  test('a truncated object is seen', async () => {
    const { id } = await store.put(BYTES);
    await truncate(finalPath(), 4);
    expect(await store.verify(id)).toBe('corrupt');
  });

  test('a link in the place of an object is no object', async () => {
    const secret = join(folder, 'secret');
    await writeFile(secret, BYTES);
    await mkdir(join(folder, DIGEST.slice(0, 2)), { recursive: true });
    await symlink(secret, finalPath());
    await symlink(secret, tempPath());
    expect(await store.open(DIGEST)).toBeNull();
    expect(await store.stat(DIGEST)).toBeNull();
    expect(await store.verify(DIGEST)).toBe('missing');
    expect(await store.open(TEMP)).toBeNull();
    expect(await store.adopt(TEMP, BYTES.length)).toBeNull();
    await expect(store.seal(TEMP, DIGEST)).rejects.toMatchObject({ code: 'C5006' });
  });

  test('a folder in the place of an object is no object', async () => {
    await mkdir(finalPath(), { recursive: true });
    expect(await store.open(DIGEST)).toBeNull();
    expect(await store.stat(DIGEST)).toBeNull();
  });
});

test('only the owner can look into the store', async () => {
  const { id } = await store.put(BYTES);
  for (const inside of ['tmp', id.slice(0, 2)]) {
    expect((await stat(join(folder, inside))).mode & 0o077).toBe(0);
  }
  expect((await stat(finalPath())).mode & 0o077).toBe(0);
});

test('a writer that is killed in the middle leaves no visible object', async () => {
  const child = await startBundledChild(
    `const { openFileStore } = load('artifacts/src/index.ts');
     const store = await openFileStore(${JSON.stringify(folder)});
     async function* endless() {
       for (let i = 0; ; i += 1) {
         yield Buffer.alloc(65536, i);
         if (i === 3) console.log('in the middle');
         await new Promise((resolve) => setTimeout(resolve, 5));
       }
     }
     await store.put(endless());`,
    ['artifacts/src/index.ts'],
  );
  expect(await child.line()).toBe('in the middle');
  await child.kill();
  expect(await visibleObjects()).toEqual([]);
  expect(await readdir(join(folder, 'tmp'))).toHaveLength(1);
});
