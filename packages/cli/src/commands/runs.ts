// `cellfarm runs` and `cellfarm runs show RUN`: what the journal knows, whether or not a service is running.
import { EXIT } from '@cellfarm/protocol';
import type { RunSummary } from '@cellfarm/protocol';
import type { RunRecord } from '@cellfarm/service';
import { anyService } from '../any-service.js';
import { runIdOf } from '../run/parse-options.js';
import type { Settings } from '../settings.js';

function line(run: RunSummary): string {
  const started = new Date(run.startedAt).toISOString().slice(0, 19).replace('T', ' ');
  const took = run.finishedAt === null ? '' : `${((run.finishedAt - run.startedAt) / 1000).toFixed(1)} s`;
  return [run.run, run.state.padEnd(11), started, took.padStart(9), run.notebook].join('  ');
}

export interface JsonFlag {
  readonly json?: boolean;
}

export async function runsCommand(flags: JsonFlag, settings: Settings): Promise<number> {
  const runs = await anyService(settings, (client) => client.get<RunSummary[]>('/v1/runs'));
  if (flags.json) process.stdout.write(`${JSON.stringify(runs)}\n`);
  else if (runs.length === 0) process.stdout.write('no runs yet: cellfarm run NOTEBOOK starts one\n');
  else process.stdout.write(`${runs.map(line).join('\n')}\n`);
  return EXIT.done;
}

export async function showRunCommand(text: string, _flags: JsonFlag, settings: Settings): Promise<number> {
  const run = runIdOf(text);
  const record = await anyService(settings, (client) => client.get<RunRecord>(`/v1/runs/${run}`));
  process.stdout.write(`${JSON.stringify(record, null, 2)}\n`);
  return EXIT.done;
}
