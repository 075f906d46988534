// How something thrown ends the command: with which exit code, and what it says first. Loaded only when something was.
import { CommanderError } from 'commander';
import { EXIT } from '@cellfarm/protocol';
import { problemOf } from './report-problem.js';
import { sayError } from './terminal.js';
import { ToldAlready } from './told-already.js';

/** Tells the error on standard error, unless that was done, and gives the exit code. */
export function exitFor(thrown: unknown): number {
  if (thrown instanceof CommanderError) return EXIT.badInput;
  if (thrown instanceof ToldAlready) return thrown.exit;
  const { exit, text } = problemOf(thrown);
  sayError(text);
  return exit;
}
