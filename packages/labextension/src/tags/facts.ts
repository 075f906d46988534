// What the compiler knows of the selected cells, in sentences for the sidebar. Pure.
import type { TaskGraph } from '@cellfarm/protocol';
import type { Words } from '../text/words.js';
import { nameList } from '../text/names.js';

/** Cells whose facts are told; more would be noise. */
const MOST_CELLS = 3;

/** @param numbers number of each selected cell by its id */
export function factsOf(graph: TaskGraph, numbers: ReadonlyMap<string, number>, words: Words): string[] {
  const chosen = graph.cells.filter(({ id }) => numbers.has(id)).slice(0, MOST_CELLS);
  return chosen.flatMap(({ id, index, reads, writes, barrier }) => {
    const number = String(numbers.get(id));
    const told = [
      reads.length > 0 ? words.__('reads %1', nameList(reads, words)) : null,
      writes.length > 0 ? words.__('writes %1', nameList(writes, words)) : null,
    ].filter((part) => part !== null);
    const loop = graph.loops.find(({ cell }) => cell === index);
    return [
      told.length > 0 ? `${words.__('Cell [%1]', number)} ${told.join(', ')}.` : null,
      barrier ? words.__('It is not understood in full, so everything before it ends first.') : null,
      loop
        ? `${loop.verdict === 'parallel' ? words.__('Its loop can be shared out') : words.__('Its loop stays in order')}: ${loop.reason.text}.`
        : null,
      loop?.fix ?? null,
    ].filter((sentence) => sentence !== null);
  });
}
