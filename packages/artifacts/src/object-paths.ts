// Where objects lie in the store's folder: `ab/<sha256>` and `tmp/t-<hex>`. A path is only ever made from a name that
// was checked to be an object id, and nothing but a plain file is taken for an object.
import { constants, type Stats } from 'node:fs';
import { lstat, open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '@cellfarm/protocol';
import { isDigest, parseObjectId, type ObjectId, type TempId } from './object-store.js';

export const TEMP_FOLDER = 'tmp';

export function pathOf(directory: string, id: ObjectId): string {
  const name = parseObjectId(id);
  return isDigest(name) ? join(folderOf(directory, name), name) : tempPath(directory, name);
}

/** Folder of sealed objects that begin with the same two digits. */
function folderOf(directory: string, digest: Digest): string {
  return join(directory, digest.slice(0, 2));
}

function tempPath(directory: string, temp: TempId): string {
  return join(directory, TEMP_FOLDER, temp);
}

/** Opens a plain file for reading; null when there is none. A link is never followed. */
export async function openPlain(path: string): Promise<FileHandle | null> {
  let handle: FileHandle;
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  return null;
}

/** Facts about a plain file; null when there is none. */
export async function statPlain(path: string): Promise<Stats | null> {
  try {
    const stats = await lstat(path);
    return stats.isFile() ? stats : null;
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

/** No file of that name, or a link in its place. */
function isAbsent(error: unknown): boolean {
  return hasCode(error, 'ENOENT') || hasCode(error, 'ELOOP') || hasCode(error, 'EMLINK');
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
