// A request that failed, as the catalogue's report where the service told one, else in plain words.
import type { ErrorReport } from '@cellfarm/protocol';

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly report: ErrorReport | null,
    message: string,
  ) {
    super(message);
    this.name = 'Problem';
  }

  /** What to do about it; empty where nobody said. */
  get hint(): string {
    return this.report?.hint ?? '';
  }
}

/** Reads the body of a refused request. */
export function problemOf(status: number, body: unknown): Problem {
  if (isReport(body)) return new Problem(status, body, body.message);
  const said = isObject(body) && typeof body['message'] === 'string' ? body['message'] : '';
  return new Problem(status, null, said || `the server answered ${status}`);
}

export function problemFrom(cause: unknown): Problem {
  if (cause instanceof Problem) return cause;
  return new Problem(0, null, cause instanceof Error ? cause.message : String(cause));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isReport(value: unknown): value is ErrorReport {
  return (
    isObject(value) &&
    typeof value['code'] === 'string' &&
    typeof value['message'] === 'string' &&
    typeof value['hint'] === 'string'
  );
}
