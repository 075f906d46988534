// Turns the words of the command line into run options; whatever cannot be meant is a usage error (C6001).
import { isAbsolute, resolve } from 'node:path';
import { CellfarmError, TargetName } from '@cellfarm/protocol';
import type { RunOptions } from '@cellfarm/protocol';

const MAX_WORKERS = 4096;

/** Options of `cellfarm run` as commander gives them. */
export interface RunFlags {
  readonly output?: string;
  readonly workers?: string;
  readonly target?: string;
  readonly python?: string;
  readonly redis?: string;
  readonly events?: string;
  readonly timeout?: string;
  readonly fork: boolean;
  readonly json?: boolean;
  readonly resume?: string;
}

function usage(detail: string): CellfarmError {
  return new CellfarmError('C6001', { detail });
}

function workersOf(text: string): number {
  const workers = Number(text);
  if (!/^\d+$/.test(text) || workers > MAX_WORKERS)
    throw usage(`--workers takes a whole number from 0 to ${MAX_WORKERS}, not "${text}"`);
  return workers;
}

function timeoutOf(text: string): number {
  const seconds = Number(text);
  if (!Number.isFinite(seconds) || seconds <= 0)
    throw usage(`--timeout takes a number of seconds, not "${text}"`);
  return Math.ceil(seconds * 1000);
}

function targetOf(text: string): TargetName {
  const target = TargetName.safeParse(text);
  if (!target.success) throw usage(`--target takes the name of a target, not "${text}"`);
  return target.data;
}

export function runOptionsOf(flags: RunFlags, user: string | null): RunOptions {
  return {
    fork: flags.fork,
    ...(user === null ? {} : { startedBy: user }),
    ...(flags.workers === undefined ? {} : { workers: workersOf(flags.workers) }),
    ...(flags.timeout === undefined ? {} : { timeoutMs: timeoutOf(flags.timeout) }),
    ...(flags.target === undefined ? {} : { target: targetOf(flags.target) }),
    ...(flags.python === undefined
      ? {}
      : { python: isAbsolute(flags.python) ? flags.python : resolve(flags.python) }),
  };
}
