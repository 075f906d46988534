// Says in a few words how a process ended, for events and errors. Pure.
import type { ProcessExit } from '@cellfarm/protocol';

export function describeExit(exit: ProcessExit | null, streamError: string): string {
  if (exit === null) return streamError === '' ? 'its stream closed' : streamError;
  if (exit.oomKilled) return 'it was ended for want of memory';
  const how =
    exit.signal === null
      ? `it ended with status ${exit.exitCode ?? 'unknown'}`
      : `it was ended by ${exit.signal}`;
  const last = exit.stderr.trim().split('\n').at(-1) ?? '';
  return last === '' ? how : `${how}: ${last.slice(0, 300)}`;
}
