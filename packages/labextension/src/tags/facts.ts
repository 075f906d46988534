// What the compiler knows of the selected cells, in sentences for the sidebar. Pure.
import type { CellFacts, LoopVerdict, TaskGraph } from '@cellfarm/protocol';
import type { Words } from '../text/words.js';
import { nameList } from '../text/names.js';
import { sentence } from '../text/sentence.js';

/** Cells whose facts are told; more would be noise. */
const MOST_CELLS = 3;

export interface ChosenCell {
  readonly id: string;
  /** Position among all cells, from 0. */
  readonly index: number;
  /** Number among the code cells, from 1. */
  readonly number: number;
}

export function factsOf(graph: TaskGraph, chosen: readonly ChosenCell[], words: Words): string[] {
  return chosen.slice(0, MOST_CELLS).flatMap((cell) => {
    const facts = factsOfCell(graph, cell);
    if (!facts) return [];
    const loop = graph.loops.find((one) => one.cell === facts.index);
    return [
      namesOf(facts, cell.number, words),
      facts.barrier
        ? words.__('Cell [%1] is not understood in full, so everything before it ends first.', cell.number)
        : null,
      loop ? loopOf(loop, words) : null,
      loop?.fix ? sentence(loop.fix) : null,
    ].filter((told) => told !== null);
  });
}

/** By the file's own id; a file without ids was compiled under ids that tell the position. */
function factsOfCell(graph: TaskGraph, cell: ChosenCell): CellFacts | undefined {
  const at = graph.cells.find(({ index }) => index === cell.index);
  return graph.cells.find(({ id }) => id === cell.id) ?? (at?.id === `cell-${cell.index}` ? at : undefined);
}

function namesOf({ reads, writes }: CellFacts, number: number, words: Words): string | null {
  const read = nameList(reads, words);
  const written = nameList(writes, words);
  if (read !== '' && written !== '')
    return words.__('Cell [%1] reads %2 and writes %3.', number, read, written);
  if (read !== '') return words.__('Cell [%1] reads %2.', number, read);
  return written === '' ? null : words.__('Cell [%1] writes %2.', number, written);
}

function loopOf({ verdict, reason }: LoopVerdict, words: Words): string {
  return verdict === 'parallel'
    ? words.__('Its loop can be shared out: %1.', reason.text)
    : words.__('Its loop stays in order: %1.', reason.text);
}
