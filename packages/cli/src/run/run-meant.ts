// Which run is meant on the command line: its whole id, the beginning of one, or `latest`.
import { CellfarmError } from '@cellfarm/protocol';
import type { RunId, RunSummary } from '@cellfarm/protocol';
import { anyService } from '../any-service.js';
import type { Settings } from '../settings.js';

/** Throws C4007 where there is none, C6001 where there are several. */
export async function runMeant(text: string, settings: Settings): Promise<RunId> {
  return whichRun(text, await anyService(settings, (client) => client.get<RunSummary[]>('/v1/runs')));
}

/** Pure part of `runMeant`. The `r-` in front may be left out. */
export function whichRun(text: string, runs: readonly RunSummary[]): RunId {
  if (text === 'latest') return orNone(text, [...runs].sort((a, b) => b.startedAt - a.startedAt)[0]);
  const whole = runs.find(({ run }) => run === text);
  if (whole) return whole.run;
  const begins = runs.filter(
    ({ run }) => text !== '' && (run.startsWith(text) || run.startsWith(`r-${text}`)),
  );
  if (begins.length > 1) {
    const found = begins.map(({ run }) => run).join(', ');
    throw new CellfarmError('C6001', {
      detail: `"${text}" is the beginning of ${begins.length} runs: ${found}`,
    });
  }
  return orNone(text, begins[0]);
}

function orNone(text: string, found: RunSummary | undefined): RunId {
  if (!found) throw new CellfarmError('C4007', { run: text });
  return found.run;
}
