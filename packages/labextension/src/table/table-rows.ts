// The rows of the table: every cell in document order, and under an opened map its shards, what needs a look first. Pure.
import { targetLabel } from '../plan/target-words.js';
import type { CellNode, ShardNode } from '../run/cell-nodes.js';
import { countWords, stateDetail, stateWord } from '../run/state-words.js';
import type { ShownState } from '../run/task-state.js';
import { duration } from '../text/duration.js';
import type { Words } from '../text/words.js';

export interface TableRow {
  readonly key: string;
  readonly cell: number;
  readonly shard: string | null;
  readonly name: string;
  readonly place: string;
  readonly state: ShownState;
  readonly word: string;
  readonly progress: string;
  readonly writes: string;
  readonly time: string;
  readonly why: string;
  /** Null where there is nothing to open. */
  readonly open: boolean | null;
}

export interface TableWish {
  readonly filter: string;
  /** Null for all. */
  readonly state: ShownState | null;
  /** Cells whose shards are shown. */
  readonly opened: ReadonlySet<number>;
}

export function tableRows(
  nodes: readonly CellNode[],
  wish: TableWish,
  words: Words,
  now: number,
): TableRow[] {
  const wanted = wish.filter.trim().toLowerCase();
  return nodes.flatMap((node) => {
    const rows = [cellRow(node, wish.opened, words, now), ...shardRows(node, wish.opened, words, now)];
    return rows.filter(
      (row) =>
        (wish.state === null || row.state === wish.state) &&
        (wanted === '' ||
          `${row.name} ${row.place} ${row.word} ${row.writes}`.toLowerCase().includes(wanted)),
    );
  });
}

function cellRow(node: CellNode, opened: ReadonlySet<number>, words: Words, now: number): TableRow {
  const { cell, state, map } = node;
  const counted = map && words.__('%1 of %2', map.counts.done + map.counts.reused, map.shards.length);
  const others = map ? countWords({ ...map.counts, done: 0, reused: 0 }, words).join(', ') : '';
  return {
    key: `c${cell.index}`,
    cell: cell.index,
    shard: null,
    name: `${cell.number} ${cell.title}`,
    place: cell.place === 'home' ? words.__('Home') : targetLabel(cell.target, words),
    state,
    word: stateWord(state, words),
    progress: counted ?? (node.attempt > 1 ? words.__('attempt %1', node.attempt) : ''),
    writes: cell.writes.slice(0, 4).join(', '),
    time: timeOf(node.durationMs, node.startedAt, state, now),
    why:
      state === 'waiting'
        ? words.__('Waits %1', stateDetail(node, words, now))
        : leftWords(node, others, words),
    open: map ? opened.has(cell.index) : null,
  };
}

function leftWords({ map }: CellNode, others: string, words: Words): string {
  if (!map) return '';
  if (map.view.homeFrom !== null) return words.__('Home did the rest itself: %1', map.view.reason);
  if (map.leftMs === null) return others;
  return [others, words.__('about %1 left', duration(map.leftMs))].filter((part) => part !== '').join('; ');
}

/** Failed and running on top, since those are what one opens a map for. */
const ORDER: readonly ShownState[] = ['failed', 'retrying', 'running', 'queued'];

function shardRows(node: CellNode, opened: ReadonlySet<number>, words: Words, now: number): TableRow[] {
  const { cell, map } = node;
  if (!map || !opened.has(cell.index)) return [];
  const rank = ({ state }: ShardNode): number =>
    ORDER.includes(state) ? ORDER.indexOf(state) : ORDER.length;
  return [...map.shards]
    .sort((a, b) => rank(a) - rank(b) || a.number - b.number)
    .map(({ task, number, state, view }) => ({
      key: task,
      cell: cell.index,
      shard: task,
      name: words.__('Shard %1', number),
      place: view?.worker ?? words.__('none yet'),
      state,
      word: stateWord(state, words),
      progress: view ? words.__('attempt %1', view.attempt) : '',
      writes: '',
      time: timeOf(view?.durationMs ?? null, view?.startedAt ?? null, state, now),
      why: '',
      open: null,
    }));
}

function timeOf(ms: number | null, startedAt: number | null, state: ShownState, now: number): string {
  if (ms !== null) return duration(ms);
  const going = state === 'running' || state === 'retrying';
  return going && startedAt !== null ? duration(Math.max(0, now - startedAt)) : '';
}
