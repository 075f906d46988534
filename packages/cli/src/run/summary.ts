// What is said of a finished run on standard output: for people and, with --json, for other tools.
import type { MapView, RunView, TaskGraph } from '@cellfarm/protocol';
import { seconds } from './progress.js';

/** How much faster than one worker the map's shards were, from their own durations; null while it is open. */
function mapSpeedup(map: MapView): number | null {
  return map.wallMs === null || map.wallMs === 0 ? null : Math.round((map.busyMs / map.wallMs) * 100) / 100;
}

export interface Summary {
  readonly run: string;
  readonly state: string;
  readonly record: string;
  /** The notebook with the outputs of what was played. */
  readonly executed: string;
  readonly durationMs: number | null;
  readonly maps: readonly {
    task: string;
    elements: number;
    workers: Record<string, number>;
    wallMs: number | null;
    speedup: number | null;
  }[];
  readonly error: RunView['error'];
}

export function summarise(
  view: RunView,
  files: { readonly record: string; readonly executed: string },
): Summary {
  return {
    run: view.run,
    state: view.state,
    ...files,
    durationMs: view.finishedAt === null ? null : view.finishedAt - view.startedAt,
    maps: mapSummaries(view),
    error: view.error,
  };
}

export function mapSummaries(view: RunView): Summary['maps'] {
  return view.maps.map((map) => ({
    task: map.task,
    elements: map.count,
    workers: map.workers,
    wallMs: map.wallMs,
    speedup: mapSpeedup(map),
  }));
}

/** One line on a map; "2x one worker" compares the shards' own durations, added up, with the time the map took. */
export function mapText(map: Summary['maps'][number]): string {
  const shares = Object.entries(map.workers)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([worker, shards]) => `${worker} ${shards}`);
  const by = shares.length === 0 ? 'no shard computed' : `shards ${shares.join(', ')}`;
  const speed = map.speedup === null || shares.length === 0 ? '' : `, ${map.speedup}x one worker`;
  return `  map ${map.task}: ${map.elements} elements, ${by}${speed}`;
}

/** One line on loops over marked functions that are in no shape to be handed out; none where there are none. */
function stayedHome({ diagnostics, notebook }: TaskGraph): string[] {
  const info = diagnostics.filter(({ code, severity }) => code === 'C2103' && severity === 'info');
  const cells = [...new Set(info.map(({ cell }) => cell))];
  if (cells.length === 0) return [];
  const which = `cell${cells.length === 1 ? '' : 's'} ${cells.join(', ')}`;
  return [
    `  at home: ${info.length} ${info.length === 1 ? 'loop' : 'loops'} over marked functions, in ${which}; why: cellfarm compile ${notebook.path}`,
  ];
}

export function summaryText(summary: Summary, graph: TaskGraph): string {
  const took = summary.durationMs === null ? '' : ` in ${seconds(summary.durationMs)}`;
  return [
    `${summary.run} ${summary.state}${took}`,
    ...summary.maps.map(mapText),
    ...(summary.state === 'cancelled' ? [] : stayedHome(graph)),
    ...(summary.error === null ? [`outputs: ${summary.executed}`] : []),
    `record: ${summary.record}`,
  ].join('\n');
}
