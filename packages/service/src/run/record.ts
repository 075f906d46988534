// The record of a run: what is kept of it on disk and answered by the service. Made from the fold of its events and nothing else; the
// notebook with its outputs is `executed-notebook.ts`.
import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { ErrorReport, MapView, ProcessView, RunId, RunState, RunView } from '@cellfarm/protocol';
import type { Outcome } from './closing.js';
import { executedNotebook } from './executed-notebook.js';
import type { RunPlan } from './run-plan.js';

export interface CellRecord {
  readonly cell: number;
  readonly state: 'running' | 'ok' | 'error';
  readonly executionCount: number;
  /** ms. */
  readonly durationMs: number | null;
}

/** One execution of a map. Times in ms; `speedup` is against one worker: the shards' own time over the time it took. */
export interface MapRecord extends Omit<MapView, 'openedAt'> {
  readonly speedup: number | null;
}

export interface RunRecord {
  readonly schema: 1;
  readonly run: RunId;
  readonly state: RunState | 'interrupted';
  readonly notebook: string;
  readonly digest: string;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  readonly error: ErrorReport | null;
  readonly cells: readonly CellRecord[];
  readonly maps: readonly MapRecord[];
  readonly processes: readonly (ProcessView & { readonly worker: string; readonly epoch: number })[];
  readonly tasks: { readonly executed: number; readonly cached: number; readonly failed: number };
  readonly notes: RunView['notes'];
  readonly variables: RunView['variables'];
}

export interface RecordQuestion {
  readonly run: RunId;
  readonly view: RunView;
  readonly state: RunRecord['state'];
  readonly finishedAt: number | null;
  readonly error: ErrorReport | null;
  /** Cells that count as not played. */
  readonly beyond: ReadonlySet<number>;
}

export function makeRecord(question: RecordQuestion): RunRecord {
  const { run, view, state, finishedAt, error, beyond } = question;
  const tasks = [...view.tasks.values()];
  return {
    schema: 1,
    run,
    state,
    notebook: view.notebook,
    digest: view.digest,
    startedAt: view.startedAt,
    finishedAt,
    error,
    cells: [...view.cells]
      .filter(([cell]) => !beyond.has(cell))
      .sort(([a], [b]) => a - b)
      .map(([cell, shown]) => ({ cell, ...shown })),
    maps: view.maps.map(mapRecord),
    processes: [...view.processes].map(([key, process]) => {
      const [worker = key, epoch = '0'] = key.split('@');
      return { worker, epoch: Number(epoch), ...process };
    }),
    tasks: {
      executed: tasks.filter((task) => task.state === 'done' && !task.cached).length,
      cached: tasks.filter((task) => task.cached).length,
      failed: tasks.filter((task) => task.state === 'failed').length,
    },
    notes: view.notes,
    variables: view.variables,
  };
}

function mapRecord({ openedAt: _openedAt, ...map }: MapView): MapRecord {
  const speedup = map.wallMs && map.busyMs ? Math.round((map.busyMs / map.wallMs) * 100) / 100 : null;
  return { ...map, speedup };
}

export const RECORD_FILES = {
  notebook: 'notebook.ipynb',
  executed: 'executed.ipynb',
  record: 'record.json',
} as const;

export interface FinalRecord {
  readonly plan: RunPlan;
  readonly view: RunView;
  readonly outcome: Outcome;
  readonly finishedAt: number;
  readonly beyond: ReadonlySet<number>;
}

/** Writes record.json and executed.ipynb into the run's folder, each whole or not at all. */
export async function writeRecord(folder: string, final: FinalRecord): Promise<void> {
  const { plan, view, outcome, finishedAt, beyond } = final;
  const question = { run: plan.run, view, beyond, finishedAt, ...outcome };
  const shown = { view, beyond, pythonVersion: plan.interpreter.version };
  await writeWhole(folder, RECORD_FILES.executed, executedNotebook(plan.text, shown));
  await writeWhole(folder, RECORD_FILES.record, `${JSON.stringify(makeRecord(question), null, 1)}\n`);
}

export async function writeWhole(folder: string, name: string, text: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const temporary = join(folder, `.${name}.${process.pid}`);
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, join(folder, name));
}
