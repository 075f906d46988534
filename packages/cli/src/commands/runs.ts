// `cellfarm runs` and `cellfarm runs show RUN`: what the journal knows, whether or not a service is running.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT } from '@cellfarm/protocol';
import type { RunId, RunSummary } from '@cellfarm/protocol';
import type { RunRecord } from '@cellfarm/service';
import { anyService } from '../any-service.js';
import { seconds } from '../run/progress.js';
import { runMeant } from '../run/run-meant.js';
import { recordText, whenText } from '../run/record-text.js';
import type { Settings } from '../settings.js';

function line(run: RunSummary): string {
  const took = run.finishedAt === null ? '' : seconds(run.finishedAt - run.startedAt);
  const who = (run.startedBy ?? '').padEnd(8);
  return [run.run, run.state.padEnd(11), whenText(run.startedAt), took.padStart(9), who, run.notebook].join(
    '  ',
  );
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

/** Only what is there: a run that goes on has no files yet. */
function fileOf(settings: Settings, run: RunId, name: string): string | null {
  const path = join(settings.home, 'runs', run, name);
  return existsSync(path) ? path : null;
}

export async function showRunCommand(text: string, flags: JsonFlag, settings: Settings): Promise<number> {
  const run = await runMeant(text, settings);
  const record = await anyService(settings, (client) => client.get<RunRecord>(`/v1/runs/${run}`));
  const files = {
    record: fileOf(settings, run, 'record.json'),
    executed: fileOf(settings, run, 'executed.ipynb'),
  };
  process.stdout.write(`${flags.json ? JSON.stringify(record, null, 2) : recordText(record, files)}\n`);
  return EXIT.done;
}
