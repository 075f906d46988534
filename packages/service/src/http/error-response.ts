// Turns any failure of a request into ErrorReport JSON with a fitting status. Input is never echoed; what is no CellfarmError is
// logged whole and told as an internal error.
import type { ErrorRequestHandler, Response } from 'express';
import { CATALOGUE, CellfarmError, EXIT } from '@cellfarm/protocol';
import type { ErrorCode, ErrorReport } from '@cellfarm/protocol';
import type { Log } from '../log.js';

const STATUS_OF: Partial<Record<ErrorCode, number>> = {
  C1008: 413,
  C4007: 404,
  C4008: 409,
  C4010: 409,
  C5004: 403,
  C6002: 401,
  C6003: 400,
  C6004: 404,
};

function statusOf(code: ErrorCode): number {
  const kind = CATALOGUE[code];
  const fallback = kind.exit === EXIT.badInput ? 422 : kind.retryable ? 503 : 500;
  return STATUS_OF[code] ?? fallback;
}

export function sendError(response: Response, status: number, report: ErrorReport): void {
  response.status(status).json(report);
}

/** What body-parser and Node throw carries a status of its own. */
function clientFault(error: unknown): { status: number; detail: string } | null {
  if (typeof error !== 'object' || error === null || !('status' in error) || !('type' in error)) return null;
  const { status, type } = error;
  if (typeof status !== 'number' || status < 400 || status >= 500 || typeof type !== 'string') return null;
  return { status, detail: type };
}

export function errorOf(thrown: unknown, log: Log, logPath: string): { status: number; report: ErrorReport } {
  if (thrown instanceof CellfarmError) return { status: statusOf(thrown.code), report: thrown.report };
  const fault = clientFault(thrown);
  if (fault)
    return { status: fault.status, report: new CellfarmError('C6003', { detail: fault.detail }).report };
  log.error({ err: thrown }, 'a request failed');
  const detail = thrown instanceof Error ? thrown.name : 'unknown';
  return { status: 500, report: new CellfarmError('C5008', { detail, log: logPath }).report };
}

export function errorHandler(log: Log, logPath: string): ErrorRequestHandler {
  return (thrown, _request, response, next) => {
    if (response.headersSent) {
      next(thrown);
      return;
    }
    const { status, report } = errorOf(thrown, log, logPath);
    sendError(response, status, report);
  };
}
