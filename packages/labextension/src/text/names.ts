// Lists of names in a sentence: at most three, and how many more there are.
import type { Words } from './words.js';

const MOST = 3;

/** A variable version's name without its number: `scores@2` is `scores`. */
export function plainName(version: string): string {
  const at = version.lastIndexOf('@');
  return at > 0 ? version.slice(0, at) : version;
}

export function nameList(names: readonly string[], words: Words): string {
  const shown = names.slice(0, MOST).join(', ');
  const more = names.length - MOST;
  return more > 0 ? words.__('%1 and %2 more', shown, more) : shown;
}
