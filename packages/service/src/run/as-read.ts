// Whether the files and folders that a result was computed from are still as they were. Asked only for results that another run brought:
// within one run, what its own cells wrote is written again by a home that plays them again.
import { statSync } from 'node:fs';
import type { FileRead } from '@cellfarm/protocol';
import type { Result } from '../journal/journal-types.js';

export function isAsRead({ epoch, files }: Pick<Result, 'epoch' | 'files'>): boolean {
  return epoch > 0 || (files !== null && files.every(isUnchanged));
}

function isUnchanged([path, stamp]: FileRead): boolean {
  const status = statSync(path, { bigint: true, throwIfNoEntry: false });
  return (status ? `${status.size}-${status.mtimeNs}` : 'absent') === stamp;
}
