// The executed notebook's place: refused before the run when it cannot be written.
import { accessSync, constants, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CellfarmError } from '@cellfarm/protocol';

function unusable(path: string, cause: unknown): CellfarmError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new CellfarmError('C6001', { detail: `cannot write the notebook to ${path}: ${why}` }, { cause });
}

/** Throws C6001 when no file can be written there. */
export function checkOutput(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw unusable(path, 'it is a folder');
  try {
    accessSync(dirname(resolve(path)), constants.W_OK);
  } catch (cause) {
    throw unusable(path, cause);
  }
}

/** Throws C6001; the notebook is in the run's own folder all the same. */
export function writeOutput(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (cause) {
    throw unusable(path, cause);
  }
}
