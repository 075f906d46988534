// Remembers from which inputs something was made, so that a second start does nothing. A stamp is the SHA-256 of the
// inputs' paths and bytes; it lies beside what was made, so deleting that deletes the stamp too.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Digest of files' names and contents, in the order given, and of further words. A missing file counts as empty. */
export function digestOf(files, ...words) {
  const hash = createHash('sha256');
  for (const word of words) hash.update(`${word}\0`);
  for (const file of files) hash.update(`${file}\0`).update(readOr(file, '')).update('\0');
  return hash.digest('hex');
}

/** All files below a folder whose name matches, sorted; an empty list where there is no such folder. */
export function filesBelow(folder, matches) {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesBelow(path, matches);
      return matches(entry.name) ? [path] : [];
    });
}

export function hasStamp(file, digest) {
  return readOr(file, undefined)?.toString() === digest;
}

export function writeStamp(file, digest) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, digest);
}

/** A file's bytes, or `otherwise` where it does not exist. */
export function readOr(file, otherwise) {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return otherwise;
    throw error;
  }
}
