// The distributed half of `cellfarm verify`: one run with its final variables digested.
import type { CellOutput, RunEvent, RunOptions, RunView } from '@cellfarm/protocol';
import { executeRun } from '../run/execute-run.js';
import type { NotebookFile } from '../run/read-notebook.js';
import type { ServiceForRun } from '../run/service-for-run.js';
import type { PlayedNotebook } from './compare.js';

export interface DistributedRequest {
  readonly notebook: NotebookFile;
  readonly options: RunOptions;
  readonly signal: AbortSignal;
  onEvent(event: RunEvent, view: RunView): void;
}

/** The played notebook and the run's view; null when it was interrupted. */
export async function playDistributed(
  service: ServiceForRun,
  request: DistributedRequest,
): Promise<{ played: PlayedNotebook; view: RunView } | null> {
  const outcome = await executeRun(
    service,
    { notebook: request.notebook, options: { ...request.options, inspect: true }, resume: null },
    {
      onAccepted: () => undefined,
      onEvent: (event, view) => request.onEvent(event, view),
      signal: request.signal,
      cancel: request.signal,
    },
  );
  if (!outcome.view) return null;
  const text = await service.client().text('GET', `/v1/runs/${outcome.accepted.run}/notebook`);
  const { cells } = JSON.parse(text) as { cells: { cell_type: string; outputs?: CellOutput[] }[] };
  return { played: { cells, variables: outcome.view.variables ?? {} }, view: outcome.view };
}
