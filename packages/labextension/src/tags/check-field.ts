// Whether what somebody typed into a field can stand, and what to write instead if not. Pure.
import { parseDuration, parseSize } from '@cellfarm/protocol';
import type { Words } from '../text/words.js';
import type { Field } from './cell-tags.js';

const TARGET = /^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$/;

/** Null when it can stand. An empty field always can. */
export function checkField(field: Field, text: string, words: Words): string | null {
  const said = text.trim();
  if (said === '') return null;
  switch (field) {
    case 'role':
      return null;
    case 'target':
      return TARGET.test(said)
        ? null
        : words.__('Write the name of a target: small letters, digits, dots and dashes.');
    case 'cpus':
      return inRange(said, 0, 4096, false) && Number(said) > 0
        ? null
        : words.__('Write a number of cores, such as 2 or 0.5.');
    case 'gpus':
      return inRange(said, 0, 1024, true) ? null : words.__('Write a whole number of GPUs, such as 1.');
    case 'retries':
      return inRange(said, 0, 100, true) ? null : words.__('Write a whole number from 0 to 100.');
    case 'memory':
    case 'gpuMemory':
      return parseSize(said) === null ? words.__('Write a number and a unit, such as 8GiB or 500MB.') : null;
    case 'timeout':
      return parseDuration(said) === null
        ? words.__('Write a number and a unit, such as 90s, 30m or 1.5h.')
        : null;
  }
}

function inRange(text: string, least: number, most: number, whole: boolean): boolean {
  const value = Number(text);
  return Number.isFinite(value) && value >= least && value <= most && (!whole || Number.isInteger(value));
}
