// `cellfarm run NB`: plays a notebook as one run and says how it went. Exit codes: 0 done, 1 a cell raised, 2 bad input,
// 3 infrastructure, 130 cancelled.
import { dirname, join } from 'node:path';
import { CATALOGUE, EXIT } from '@cellfarm/protocol';
import type { RunId, RunView, TaskGraph } from '@cellfarm/protocol';
import { EventFile } from '../run/event-file.js';
import { executeRun } from '../run/execute-run.js';
import type { RunOutcome, RunRequest } from '../run/execute-run.js';
import { watchInterrupts } from '../run/interrupts.js';
import { checkOutput, writeOutput } from '../run/output-file.js';
import { runOptionsOf } from '../run/parse-options.js';
import type { RunFlags } from '../run/parse-options.js';
import { userName } from '../user-name.js';
import { preflight } from '../run/preflight.js';
import { Progress } from '../run/progress.js';
import { errorText } from '../run/report-problem.js';
import { raisedIn } from '../run/raised-in.js';
import { serviceForRun } from '../run/service-for-run.js';
import type { ServiceForRun } from '../run/service-for-run.js';
import { summarise, summaryText } from '../run/summary.js';
import { sayError } from '../run/terminal.js';
import { Waiting } from '../run/waiting.js';
import type { Settings } from '../settings.js';

export async function runCommand(path: string, flags: RunFlags, settings: Settings): Promise<number> {
  const options = runOptionsOf(flags, userName());
  const resume = flags.resume === undefined ? null : await meant(flags.resume, settings);
  if (flags.output !== undefined) checkOutput(flags.output);
  const waiting = new Waiting(sayError);
  const { notebook, cells, graph } = await preflight(path, options, settings, waiting);
  const progress = new Progress(process.stderr, cells, graph.diagnostics);
  return carryOut({ notebook, options, resume }, { flags, settings, waiting, progress, graph });
}

/** Only this needs a service for a question, and that is a large part of the program. */
async function meant(text: string, settings: Settings): Promise<RunId> {
  const { runMeant } = await import('../run/run-meant.js');
  return runMeant(text, settings);
}

export interface CarryingOut {
  readonly flags: Pick<RunFlags, 'redis' | 'events' | 'output' | 'json'>;
  readonly settings: Settings;
  readonly waiting: Waiting;
  readonly progress: Progress;
  readonly graph: TaskGraph;
}

/** Plays one run to its end, tells how it goes and how it went, and gives the exit code. */
export async function carryOut(request: RunRequest, around: CarryingOut): Promise<number> {
  const { flags, settings, waiting, progress, graph } = around;
  const events = flags.events === undefined ? null : EventFile.open(flags.events);
  const interrupts = watchInterrupts();
  waiting.on('the service to start');
  const service = await serviceForRun(settings, {
    redis: flags.redis,
    onLost: (part, how) => progress.print(`lost: ${part} (${how}), starting it again`),
  });
  try {
    waiting.onHome();
    const outcome = await executeRun(service, request, {
      onAccepted: (accepted) => progress.print(`run ${accepted.run}`),
      onEvent: (event, view) => {
        events?.write(event);
        waiting.seen(event);
        progress.onEvent(event, view);
      },
      signal: interrupts.now,
      cancel: interrupts.cancel,
    });
    progress.finish();
    if (!outcome.view) {
      service.kill();
      return EXIT.cancelled;
    }
    if (flags.output !== undefined) await saveNotebook(service, outcome, flags.output);
    const { record } = outcome.accepted;
    const executed = flags.output ?? join(dirname(record), 'executed.ipynb');
    if (outcome.view.error) tellError(outcome.view, executed);
    const summary = summarise(outcome.view, { record, executed });
    process.stdout.write(`${flags.json ? JSON.stringify(summary) : summaryText(summary, graph)}\n`);
    return exitOf(outcome.view);
  } finally {
    waiting.end();
    events?.close();
    await service.stop();
    interrupts.dispose();
  }
}

async function saveNotebook(service: ServiceForRun, outcome: RunOutcome, path: string): Promise<void> {
  writeOutput(path, await service.client().text('GET', `/v1/runs/${outcome.accepted.run}/notebook`));
}

/** `executed`: where the notebook with the outputs of what was played is. */
function tellError(view: RunView, executed: string): void {
  if (!view.error) return;
  const lines = [
    `${tracebackOf(view)}${errorText(view.error)}`,
    ...raisedIn(view),
    `  Outputs up to there are in ${executed}`,
  ];
  sayError(lines.join('\n'));
}

/** The traceback of the cell that ended the run, as Jupyter shows it. */
function tracebackOf(view: RunView): string {
  const cell = view.error?.cell;
  if (view.state !== 'raised' || cell === null || cell === undefined) return '';
  const error = view.outputs.of(cell).findLast((output) => output.output_type === 'error');
  return error?.output_type === 'error' ? `${error.traceback.join('\n')}\n` : '';
}

function exitOf(view: RunView): number {
  switch (view.state) {
    case 'done':
      return EXIT.done;
    case 'raised':
      return EXIT.raised;
    case 'cancelled':
      return EXIT.cancelled;
    case 'failed':
    case 'running':
      return view.error ? CATALOGUE[view.error.code].exit : EXIT.infrastructure;
  }
}
