// Reads and checks a notebook before anything is started: every refusal is known while nothing runs yet.
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { CellfarmError } from '@cellfarm/protocol';

const NOTEBOOK_LIMIT_BYTES = 64 * 2 ** 20;

export interface NotebookFile {
  readonly path: string;
  readonly text: string;
}

/** The file's text. Throws C1001 (missing), C1002 (folder), C1008 (over 64 MiB). */
export function readNotebookFile(given: string): NotebookFile {
  const path = resolve(given);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) throw new CellfarmError('C1001', { path: given });
  if (stat.isDirectory()) throw new CellfarmError('C1002', { path: given });
  if (stat.size > NOTEBOOK_LIMIT_BYTES) {
    throw new CellfarmError('C1008', {
      path: given,
      size: `${Math.round(stat.size / 2 ** 20)} MiB`,
      limit: '64 MiB',
    });
  }
  return { path, text: readFileSync(path, 'utf8') };
}
