// The object store in a folder that all processes of this host share. A name appears only after the bytes are on disk,
// so a reader never sees part of an object, whenever anything is killed. Where objects lie is `object-paths.ts`; when
// they may be removed is decided by who knows the runs.
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { CellfarmError, type Digest, type ObjectRef } from '@cellfarm/protocol';
import { renameDurably } from './durable.js';
import { hasCode, openPlain, pathOf, statPlain, TEMP_FOLDER } from './object-paths.js';
import {
  isDigest,
  isTempId,
  type ByteRange,
  type ObjectId,
  type ObjectStore,
  type SealedRef,
  type TempId,
  type Verdict,
} from './object-store.js';

const READ_BYTES = 2 ** 20;

class FileStore implements ObjectStore {
  private readonly digests = new Map<TempId, Digest>();

  constructor(readonly directory: string) {}

  async put(source: Uint8Array | AsyncIterable<Uint8Array>): Promise<SealedRef> {
    const temp = `t-${randomBytes(16).toString('hex')}` as TempId;
    const path = this.pathOf(temp);
    try {
      const { digest, size } = await this.write(path, source);
      await this.name(path, digest);
      return { id: digest, size };
    } catch (error) {
      await rm(path, { force: true });
      const full = hasCode(error, 'ENOSPC') || hasCode(error, 'EDQUOT');
      throw full ? new CellfarmError('C5005', { path }, { cause: error }) : error;
    }
  }

  async open(id: ObjectId, range?: ByteRange): Promise<Readable | null> {
    const handle = await this.openAny(id);
    if (!handle) return null;
    if (!range) return handle.createReadStream({ highWaterMark: READ_BYTES });
    // A stream's `end` is inclusive, so that no range stands for an empty one.
    if (range.stop <= range.start) {
      await handle.close();
      throw new CellfarmError('C6003', { detail: 'a range of bytes is not empty' });
    }
    return handle.createReadStream({ start: range.start, end: range.stop - 1, highWaterMark: READ_BYTES });
  }

  async stat(id: ObjectId): Promise<ObjectRef | null> {
    for (const name of this.namesOf(id)) {
      const stats = await statPlain(this.pathOf(name));
      if (stats) return { id: name, size: stats.size };
    }
    return null;
  }

  async seal(temp: TempId, digest: Digest): Promise<SealedRef> {
    const size = (await statPlain(this.pathOf(digest)))?.size ?? (await this.nameForWriter(temp, digest));
    this.digests.set(temp, digest);
    return { id: digest, size };
  }

  async adopt(temp: TempId, size: number): Promise<SealedRef | null> {
    const path = this.pathOf(temp);
    const handle = await openPlain(path);
    if (!handle) return null;
    try {
      if ((await handle.stat()).size !== size) return null;
      const digest = await digestOf(handle);
      await handle.sync();
      await this.name(path, digest);
      this.digests.set(temp, digest);
      return { id: digest, size };
    } finally {
      await handle.close();
    }
  }

  digestOf(temp: TempId): Digest | null {
    return this.digests.get(temp) ?? null;
  }

  async verify(digest: Digest): Promise<Verdict> {
    const path = this.pathOf(digest);
    const handle = await openPlain(path);
    if (!handle) return 'missing';
    let found: Digest;
    try {
      found = await digestOf(handle);
    } finally {
      await handle.close();
    }
    if (found === digest) return 'intact';
    await rm(path, { force: true });
    return 'corrupt';
  }

  async sweepTemp(ageMs: number): Promise<TempId[]> {
    const before = Date.now() - ageMs;
    const swept: TempId[] = [];
    for (const name of await readdir(join(this.directory, TEMP_FOLDER))) {
      if (!isTempId(name)) continue;
      const stats = await statPlain(this.pathOf(name));
      if (!stats || stats.mtimeMs > before) continue;
      await rm(this.pathOf(name), { force: true });
      swept.push(name);
    }
    return swept;
  }

  async sweepSealed(isKept: (digest: Digest) => boolean, ageMs: number): Promise<number> {
    const before = Date.now() - ageMs;
    let swept = 0;
    for (const folder of await readdir(this.directory)) {
      if (!/^[0-9a-f]{2}$/.test(folder)) continue;
      for (const name of await readdir(join(this.directory, folder))) {
        if (!isDigest(name) || isKept(name)) continue;
        const stats = await statPlain(this.pathOf(name));
        if (!stats || stats.mtimeMs > before) continue;
        await rm(this.pathOf(name), { force: true });
        swept += 1;
      }
    }
    return swept;
  }

  private pathOf(id: ObjectId): string {
    return pathOf(this.directory, id);
  }

  /** The names to look under: an object that was temporary may have got its digest in between. */
  private namesOf(id: ObjectId): ObjectId[] {
    if (isDigest(id)) return [id];
    const digest = this.digestOf(id);
    return digest ? [digest] : [id];
  }

  private async openAny(id: ObjectId): Promise<FileHandle | null> {
    for (const name of this.namesOf(id)) {
      const handle = await openPlain(this.pathOf(name));
      if (handle) return handle;
    }
    return null;
  }

  private async write(
    path: string,
    source: Uint8Array | AsyncIterable<Uint8Array>,
  ): Promise<{ digest: Digest; size: number }> {
    const hash = createHash('sha256');
    const handle = await open(path, 'wx', 0o600);
    let size = 0;
    try {
      for await (const chunk of source instanceof Uint8Array ? [source] : source) {
        hash.update(chunk);
        await handle.writeFile(chunk);
        size += chunk.byteLength;
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    return { digest: hash.digest('hex') as Digest, size };
  }

  /** Gives bytes that are on disk their name. Equal bytes that have it already are replaced by these. */
  private async name(path: string, digest: Digest): Promise<void> {
    await renameDurably(path, this.pathOf(digest));
  }

  /** The writer died before it renamed: the digest it told is only believed when the bytes have it. */
  private async nameForWriter(temp: TempId, digest: Digest): Promise<number> {
    const path = this.pathOf(temp);
    const handle = await openPlain(path);
    if (!handle) throw new CellfarmError('C5006', { digest });
    try {
      if ((await digestOf(handle)) !== digest) throw new CellfarmError('C5006', { digest });
      await handle.sync();
      await this.name(path, digest);
      return (await handle.stat()).size;
    } finally {
      await handle.close();
    }
  }
}

async function digestOf(handle: FileHandle): Promise<Digest> {
  const hash = createHash('sha256');
  const stream = handle.createReadStream({ start: 0, autoClose: false, highWaterMark: READ_BYTES });
  for await (const chunk of stream) hash.update(chunk as Uint8Array);
  return hash.digest('hex') as Digest;
}

/** Opens the store in `directory`, usually `<CELLFARM_HOME>/objects`; makes it with mode 0700 when there is none. */
export async function openFileStore(directory: string): Promise<ObjectStore> {
  await mkdir(join(directory, TEMP_FOLDER), { recursive: true, mode: 0o700 });
  return new FileStore(directory);
}
