// The record of a run for people: what `cellfarm runs show` prints. Pure.
import { assertNever } from '@cellfarm/protocol';
import type { CellRecord, RunRecord } from '@cellfarm/service';
import { seconds } from './progress.js';
import { errorText } from './report-problem.js';
import { mapText } from './summary.js';

const SLOWEST = 5;

/** Files of a run; null: not written (yet). */
export interface RecordFiles {
  readonly record: string | null;
  readonly executed: string | null;
}

/** Local date and time, to the second. */
export function whenText(ms: number): string {
  return new Date(ms).toLocaleString('sv-SE');
}

function field(name: string, text: string): string {
  return `${name.padEnd(10)} ${text.replaceAll('\n', `\n${' '.repeat(11)}`)}`;
}

function list(name: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [field(name, lines.join('\n'))];
}

function cellsText(cells: readonly CellRecord[]): string {
  const counted = (['ok', 'error', 'running'] as const)
    .map((state) => ({ state, count: cells.filter((cell) => cell.state === state).length }))
    .filter(({ count }) => count > 0)
    .map(({ state, count }) => `${count} ${state}`);
  if (counted.length === 0) return 'none played';
  const slow = [...cells]
    .filter((cell) => cell.durationMs !== null)
    .sort((a, b) => (b.durationMs ?? 0) - (a.durationMs ?? 0))
    .slice(0, SLOWEST)
    .map((cell) => `cell ${cell.cell} ${seconds(cell.durationMs ?? 0)}`);
  return [counted.join(', '), ...(slow.length > 0 ? [`longest: ${slow.join(', ')}`] : [])].join('\n');
}

function mapLines(record: RunRecord): string[] {
  return record.maps.flatMap((map) => [
    mapText({ ...map, elements: map.count }).trimStart(),
    ...(map.homeFrom === null || map.reason === ''
      ? []
      : [`  home computed the elements from ${map.homeFrom} on: ${map.reason}`]),
  ]);
}

function processLines(record: RunRecord): string[] {
  const lost = record.processes.filter((process) => process.state === 'lost');
  return [
    `${record.processes.length} started, ${lost.length === 0 ? 'none' : lost.length} lost`,
    ...lost.map(({ worker, part, pid, host }) => `lost: ${worker} (${part}, process ${pid} on ${host})`),
  ];
}

function timeText(record: RunRecord): string {
  const began = whenText(record.startedAt);
  return record.finishedAt === null
    ? began
    : `${began}, took ${seconds(record.finishedAt - record.startedAt)}`;
}

/** What can be done with it now; null: nothing. */
function nextText(record: RunRecord): string | null {
  switch (record.state) {
    case 'interrupted':
      return `cellfarm run ${record.notebook} --resume ${record.run}`;
    case 'running':
    case 'done':
    case 'raised':
    case 'failed':
    case 'cancelled':
      return null;
    default:
      return assertNever(record.state);
  }
}

/** Lines without an end. `tasks` with their results taken over from an earlier attempt count as reused. */
export function recordText(record: RunRecord, files: RecordFiles): string {
  const { executed, cached, failed } = record.tasks;
  const next = nextText(record);
  const notes = record.notes.map(
    ({ level, cell, text }) => `${level}: ${cell === null ? '' : `cell ${cell}: `}${text}`,
  );
  return [
    `${record.run} ${record.state}`,
    field('notebook', record.notebook),
    field('began', timeText(record)),
    field('cells', cellsText(record.cells)),
    field('tasks', `${executed} executed, ${cached} reused, ${failed} failed`),
    ...list('maps', mapLines(record)),
    ...list('processes', processLines(record)),
    ...list('notes', notes),
    ...(record.error === null ? [] : [field('error', errorText(record.error))]),
    ...(files.record === null ? [] : [field('record', files.record)]),
    ...(files.executed === null ? [] : [field('executed', files.executed)]),
    ...(next === null ? [] : [field('go on', next)]),
  ].join('\n');
}
