// `cellfarm runs cancel`, `retry` and `delete`: what is asked of a run that is there, or of one task of it.
import { CellfarmError, EXIT } from '@cellfarm/protocol';
import type { RunSummary, TaskGraph } from '@cellfarm/protocol';
import { anyService } from '../any-service.js';
import { Progress } from '../run/progress.js';
import { runMeant } from '../run/run-meant.js';
import { sayError } from '../run/terminal.js';
import { Waiting } from '../run/waiting.js';
import type { Settings } from '../settings.js';
import { userName } from '../user-name.js';
import { carryOut } from './run.js';
import type { JsonFlag } from './runs.js';

/** Asks the service that works on a run. Throws C4008 where none does: what `cellfarm run` started alone ends with Ctrl-C there. */
async function order(settings: Settings, path: string, said: string): Promise<number> {
  await anyService(settings, (client) => client.post(path, {}));
  process.stdout.write(`${said}\n`);
  return EXIT.done;
}

export async function cancelCommand(
  text: string,
  task: string | undefined,
  settings: Settings,
): Promise<number> {
  const run = await runMeant(text, settings);
  if (task === undefined) return order(settings, `/v1/runs/${run}/cancel`, `${run} is being cancelled`);
  const path = `/v1/runs/${run}/tasks/${encodeURIComponent(task)}/cancel`;
  return order(settings, path, `${task} comes home`);
}

export async function deleteCommand(text: string, settings: Settings): Promise<number> {
  const run = await runMeant(text, settings);
  return order(settings, `/v1/runs/${run}/delete`, `${run} is deleted`);
}

export async function retryCommand(
  text: string,
  task: string | undefined,
  flags: JsonFlag,
  settings: Settings,
): Promise<number> {
  const run = await runMeant(text, settings);
  if (task !== undefined) {
    const path = `/v1/runs/${run}/tasks/${encodeURIComponent(task)}/retry`;
    return order(settings, path, `the attempt of ${task} is ended, another one follows`);
  }
  const { graph, state } = await anyService(settings, async (client) => {
    const found = (await client.get<RunSummary[]>('/v1/runs')).find((each) => each.run === run);
    if (!found) throw new CellfarmError('C4007', { run });
    return { graph: await client.get<TaskGraph>(`/v1/runs/${run}/graph`), state: found.state };
  });
  if (state === 'interrupted') throw new CellfarmError('C4015', { run, state });
  const cells = graph.cells.filter(({ status }) => status !== 'skipped').length;
  const progress = new Progress(process.stderr, cells, graph.diagnostics);
  const waiting = new Waiting(sayError);
  const request = { retry: run, startedBy: userName() };
  return carryOut(request, { flags, settings, waiting, progress, graph });
}
