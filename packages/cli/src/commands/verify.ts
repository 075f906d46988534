// `cellfarm verify NB`: plays the notebook sequentially in a plain kernel and distributed, and says what differs.
// Exit codes: 0 nothing differs, 1 something does; those of `run` for what goes wrong on the way.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from '@cellfarm/protocol';
import { watchInterrupts } from '../run/interrupts.js';
import { runOptionsOf } from '../run/parse-options.js';
import type { RunFlags } from '../run/parse-options.js';
import { preflight } from '../run/preflight.js';
import { Progress } from '../run/progress.js';
import { serviceForRun } from '../run/service-for-run.js';
import { mapText, summarise } from '../run/summary.js';
import type { Settings } from '../settings.js';
import { compareRuns } from '../verify/compare.js';
import type { Difference } from '../verify/compare.js';
import { playDistributed } from '../verify/play-distributed.js';
import { playSequential } from '../verify/play-sequential.js';

export async function verifyCommand(path: string, flags: RunFlags, settings: Settings): Promise<number> {
  const options = runOptionsOf(flags);
  const { notebook, cells } = await preflight(path, options, settings, (line) =>
    process.stderr.write(`${line}\n`),
  );
  const progress = new Progress(process.stderr, cells);
  const scratch = mkdtempSync(join(tmpdir(), 'cellfarm-verify-'));
  const interrupts = watchInterrupts();
  const service = await serviceForRun(settings, {
    redis: flags.redis,
    onLost: (part, how) => progress.print(`lost: ${part} (${how})`),
  });
  try {
    progress.print('sequential: Restart & Run All in a plain kernel');
    const sequential = await playSequential(
      { path: notebook.path, python: options.python ?? null, scratch, signal: interrupts.cancel },
      settings,
    );
    if (!sequential) return EXIT.cancelled;
    progress.print('distributed');
    const distributed = await playDistributed(service, {
      notebook,
      options,
      signal: interrupts.cancel,
      onEvent: (event, view) => progress.onEvent(event, view),
    });
    progress.finish();
    if (!distributed || distributed.view.state === 'cancelled') return EXIT.cancelled;
    const differences = compareRuns(sequential, distributed.played);
    report(differences, Object.keys(sequential.variables ?? {}).length, cells);
    const { error, maps } = summarise(distributed.view, '');
    if (error && differences.length === 0)
      process.stdout.write(`both end with ${error.message} in cell ${error.cell ?? '?'}\n`);
    for (const map of maps) process.stdout.write(`${mapText(map)}\n`);
    return differences.length === 0 ? EXIT.done : EXIT.raised;
  } finally {
    await service.stop();
    interrupts.dispose();
    rmSync(scratch, { recursive: true, force: true });
  }
}

function report(differences: readonly Difference[], variables: number, cells: number): void {
  if (differences.length === 0) {
    process.stdout.write(`same answer: outputs of ${cells} cells and ${variables} variables are equal\n`);
    return;
  }
  for (const { cell, what, sequential, distributed } of differences) {
    process.stdout.write(
      `${cell === null ? '' : `cell ${cell}: `}${what}\n  sequential:  ${sequential}\n  distributed: ${distributed}\n`,
    );
  }
  process.stdout.write(
    `${differences.length} differences. Time, process ids, random ids, hash order and external services are not part of the promise.\n`,
  );
}
