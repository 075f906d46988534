// The contract of the object store: immutable bytes named by their sha256. A writer of large values puts a temporary
// file into the store's folder by itself and names its digest later (`seal`); until then the object is read under its
// temporary id. The store knows neither runs nor tasks, never parses what it keeps, and never takes a name for a path.
import type { Readable } from 'node:stream';
import { CellfarmError, type Digest, type ObjectRef } from '@cellfarm/protocol';

/** Id of an object that is not sealed yet: `t-` and 32 hexadecimal digits. */
export type TempId = string & { readonly __brand: 'TempId' };
/** What an object can be read under. */
export type ObjectId = Digest | TempId;

const DIGEST = /^[0-9a-f]{64}$/;
const TEMP = /^t-[0-9a-f]{32}$/;

export function isDigest(name: string): name is Digest {
  return DIGEST.test(name);
}
export function isTempId(name: string): name is TempId {
  return TEMP.test(name);
}

/** A name from outside as an object id. Throws CellfarmError C6003 for anything that is not exactly one. */
export function parseObjectId(name: string): ObjectId {
  if (isDigest(name) || isTempId(name)) return name;
  throw new CellfarmError('C6003', { detail: 'an object is named by its sha256 or its temporary id' });
}

/** Bytes [start, stop) of an object. */
export interface ByteRange {
  readonly start: number;
  readonly stop: number;
}

export type Verdict = 'intact' | 'corrupt' | 'missing';

/** A sealed object: its digest is also its ref's id. */
export interface SealedRef extends ObjectRef {
  readonly id: Digest;
}

export interface ObjectStore {
  /** Folder that processes on this host write temporary objects into, where there is one. */
  readonly directory: string | null;

  /** Keeps bytes; resolves when they are on disk under their digest. Throws CellfarmError C5005 when the disk is full. */
  put(source: Uint8Array | AsyncIterable<Uint8Array>): Promise<SealedRef>;

  /** The bytes of an object, or of a range of it; null when there is none. */
  open(id: ObjectId, range?: ByteRange): Promise<Readable | null>;

  /** Id and size in bytes, under the digest where it is known; null when there is none. */
  stat(id: ObjectId): Promise<ObjectRef | null>;

  /**
   * A temporary object got its digest. Its writer renames the file itself before it says so; when the writer died
   * in between, the store does it after it has computed the digest itself. Throws CellfarmError C5006 when the bytes
   * do not have that digest, or neither file exists.
   */
  seal(temp: TempId, digest: Digest): Promise<SealedRef>;

  /**
   * Seals a temporary object whose writer is gone, when it is whole.
   * @param size bytes it must have
   * @returns null when it is missing or has another size
   */
  adopt(temp: TempId, size: number): Promise<SealedRef | null>;

  /** Digest that a temporary object got, while this store lives; null before. */
  digestOf(temp: TempId): Digest | null;

  /** Reads the whole object and compares. A corrupt object is no longer found afterwards. */
  verify(digest: Digest): Promise<Verdict>;

  /** Removes temporary files older than `ageMs` milliseconds; returns their ids. */
  sweepTemp(ageMs: number): Promise<TempId[]>;

  /** Removes sealed objects that are not kept and older than `ageMs` milliseconds; returns how many. */
  sweepSealed(isKept: (digest: Digest) => boolean, ageMs: number): Promise<number>;
}
