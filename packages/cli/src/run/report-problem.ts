// How errors and diagnostics read on standard error: code, place, message, hint.
import { CellfarmError } from '@cellfarm/protocol';
import type { Diagnostic, ErrorReport } from '@cellfarm/protocol';

interface Place {
  readonly cell: number | null;
  readonly line: number | null;
}

function placeText({ cell, line }: Place): string {
  if (cell === null) return '';
  return line === null ? `cell ${cell}: ` : `cell ${cell}, line ${line}: `;
}

/** For example `C1101 cell 3: unknown role "mapp"` and the hint on a line of its own. */
export function errorText(report: ErrorReport): string {
  return `${report.code} ${placeText(report)}${report.message}\n  ${report.hint}`;
}

export function diagnosticText(diagnostic: Diagnostic): string {
  const head = `${diagnostic.severity}: ${diagnostic.code} ${placeText(diagnostic)}${diagnostic.message}`;
  return diagnostic.hint ? `${head}\n  ${diagnostic.hint}` : head;
}

/** Exit code and text of anything thrown. */
export function problemOf(thrown: unknown): { exit: number; text: string } {
  if (thrown instanceof CellfarmError) return { exit: thrown.exit, text: errorText(thrown.report) };
  const detail = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  const internal = new CellfarmError(
    'C5008',
    { detail, log: 'the folder services/ in CELLFARM_HOME' },
    { cause: thrown },
  );
  return { exit: internal.exit, text: errorText(internal.report) };
}
