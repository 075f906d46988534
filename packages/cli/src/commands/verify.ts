// `cellfarm verify NB`: plays the notebook sequentially in a plain kernel and distributed, and says what differs.
// Exit codes: 0 nothing differs, 1 something does; those of `run` for what goes wrong on the way.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chanceCalls } from '@cellfarm/compiler';
import type { ChanceCall } from '@cellfarm/compiler';
import { EXIT } from '@cellfarm/protocol';
import { freezeNotebook } from '@cellfarm/service';
import { watchInterrupts } from '../run/interrupts.js';
import { runOptionsOf } from '../run/parse-options.js';
import type { RunFlags } from '../run/parse-options.js';
import { userName } from '../user-name.js';
import { preflight } from '../run/preflight.js';
import { Progress } from '../run/progress.js';
import type { NotebookFile } from '../run/read-notebook.js';
import { serviceForRun } from '../run/service-for-run.js';
import { mapSummaries, mapText } from '../run/summary.js';
import { sayError } from '../run/terminal.js';
import { Waiting } from '../run/waiting.js';
import type { Settings } from '../settings.js';
import { compareRuns } from '../verify/compare.js';
import type { Difference } from '../verify/compare.js';
import { explain } from '../verify/explain.js';
import { playDistributed } from '../verify/play-distributed.js';
import { playSequential } from '../verify/play-sequential.js';

export async function verifyCommand(path: string, flags: RunFlags, settings: Settings): Promise<number> {
  const options = runOptionsOf(flags, userName());
  const waiting = new Waiting(sayError);
  const { notebook, graph, cells } = await preflight(path, options, settings, waiting);
  const progress = new Progress(process.stderr, cells, graph.diagnostics);
  const scratch = mkdtempSync(join(tmpdir(), 'cellfarm-verify-'));
  const interrupts = watchInterrupts();
  waiting.on('the service to start');
  const service = await serviceForRun(settings, {
    redis: flags.redis,
    onLost: (part, how) => progress.print(`lost: ${part} (${how})`),
  });
  waiting.end();
  try {
    progress.print('sequential: Restart & Run All in a plain kernel');
    const sequential = await playSequential(
      { path: notebook.path, python: options.python ?? null, scratch, signal: interrupts.cancel },
      settings,
    );
    if (!sequential) return EXIT.cancelled;
    progress.print('distributed');
    waiting.onHome();
    const distributed = await playDistributed(service, {
      notebook,
      options,
      signal: interrupts.cancel,
      onEvent: (event, view) => {
        waiting.seen(event);
        progress.onEvent(event, view);
      },
    });
    progress.finish();
    if (!distributed || distributed.view.state === 'cancelled') return EXIT.cancelled;
    const differences = compareRuns(sequential, distributed.played);
    if (differences.length === 0) {
      const variables = Object.keys(sequential.variables ?? {}).length;
      process.stdout.write(`same answer: outputs of ${cells} cells and ${variables} variables are equal\n`);
    } else {
      report(differences, explain(differences, graph, chanceCallsIn(notebook)));
    }
    const { error } = distributed.view;
    if (error && differences.length === 0)
      process.stdout.write(`both end with ${error.message} in cell ${error.cell ?? '?'}\n`);
    for (const map of mapSummaries(distributed.view)) process.stdout.write(`${mapText(map)}\n`);
    return differences.length === 0 ? EXIT.done : EXIT.raised;
  } finally {
    waiting.end();
    await service.stop();
    interrupts.dispose();
    rmSync(scratch, { recursive: true, force: true });
  }
}

function chanceCallsIn({ path, text }: NotebookFile): ChanceCall[] {
  return chanceCalls(freezeNotebook(path, text));
}

const NOT_PROMISED =
  "Time, process ids, random ids, random numbers without a seed, hash order, external services and the kernel's own command line and imports (sys.argv, sys.modules) are not part of the promise.";

function report(differences: readonly Difference[], chances: readonly string[]): void {
  for (const { cell, what, sequential, distributed } of differences) {
    process.stdout.write(
      `${cell === null ? '' : `cell ${cell}: `}${what}\n  sequential:  ${sequential}\n  distributed: ${distributed}\n`,
    );
  }
  const count = differences.length === 1 ? '1 difference' : `${differences.length} differences`;
  const because =
    chances.length === 0
      ? ''
      : `What differs depends on calls that give something else at each run, also without cellfarm:\n${chances.map((each) => `  ${each}\n`).join('')}`;
  process.stdout.write(`${count}. ${NOT_PROMISED}\n${because}`);
}
