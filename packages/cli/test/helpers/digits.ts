// The example examples/digits.ipynb in a folder of its own, and the answer that every run of it must give.
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CellOutput } from '@cellfarm/protocol';
import { normaliseOutputs } from '../../src/verify/normalise.js';
import { repository } from './command.js';
import type { Place } from './command.js';

export function copyDigits(place: Place): string {
  const path = join(place.folder, 'digits.ipynb');
  copyFileSync(join(repository, 'examples', 'digits.ipynb'), path);
  return path;
}

/** Outputs of all code cells of an executed notebook, comparable between runs. */
export function answerOf(path: string): unknown[] {
  const { cells } = JSON.parse(readFileSync(path, 'utf8')) as {
    cells: { cell_type: string; outputs?: CellOutput[]; execution_count?: number }[];
  };
  return cells
    .filter((cell) => cell.cell_type === 'code')
    .map((cell) => [cell.execution_count, normaliseOutputs(cell.outputs ?? [])]);
}
