// A run's short name: enough of its id to tell it from the others of a notebook.
import type { Words } from '../text/words.js';

export function runName(run: string, words: Words): string {
  return words.__('Run %1', run.replace(/^r-/, '').slice(0, 4));
}
