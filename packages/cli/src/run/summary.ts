// What is said of a finished run on standard output: for people and, with --json, for other tools.
import type { MapView, RunView } from '@cellfarm/protocol';
import { seconds } from './progress.js';

/** How much faster than one worker the map's shards were, from their own durations; null while it is open. */
export function mapSpeedup(map: MapView): number | null {
  return map.wallMs === null || map.wallMs === 0 ? null : Math.round((map.busyMs / map.wallMs) * 100) / 100;
}

export interface Summary {
  readonly run: string;
  readonly state: string;
  readonly record: string;
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

export function summarise(view: RunView, record: string): Summary {
  return {
    run: view.run,
    state: view.state,
    record,
    durationMs: view.finishedAt === null ? null : view.finishedAt - view.startedAt,
    maps: view.maps.map((map) => ({
      task: map.task,
      elements: map.count,
      workers: map.workers,
      wallMs: map.wallMs,
      speedup: mapSpeedup(map),
    })),
    error: view.error,
  };
}

export function summaryText(summary: Summary): string {
  const lines = [
    `${summary.run} ${summary.state}${summary.durationMs === null ? '' : ` in ${seconds(summary.durationMs)}`}`,
  ];
  for (const map of summary.maps) {
    const shares = Object.entries(map.workers).map(([worker, shards]) => `${worker} ${shards}`);
    const speed = map.speedup === null ? '' : `, ${map.speedup}x one worker`;
    lines.push(`  map ${map.task}: ${map.elements} elements, shards ${shares.join(', ') || 'none'}${speed}`);
  }
  lines.push(`record: ${summary.record}`);
  return lines.join('\n');
}
