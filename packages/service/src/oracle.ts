// Asks CPython about cells that the compiler's own parser is not sure of: one short-lived process of the given Python answers all of a
// notebook's questions, JSON lines in and out. What is asked and what answers mean is the compiler's.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { CellfarmError } from '@cellfarm/protocol';
import { readOracleAnswer } from '@cellfarm/compiler';
import type { OracleAnswer, OracleQuestion } from '@cellfarm/compiler';

const TIMEOUT_MS = 30_000;

export interface OracleOptions {
  /** argv of an interpreter; its grammar decides. */
  readonly python: readonly string[];
  /** Folder of the Python package `cellfarm`. */
  readonly packageFolder: string;
}

/** Answers by question id. Throws C3005 when the interpreter does not answer. */
export async function askOracle(
  options: OracleOptions,
  questions: readonly OracleQuestion[],
): Promise<Map<string, OracleAnswer>> {
  if (questions.length === 0) return new Map();
  const lines = await converse(
    options,
    questions.map((question) => `${JSON.stringify(question)}\n`).join(''),
  );
  const answers = new Map(lines.map((line) => readOracleAnswer(line)).map((answer) => [answer.id, answer]));
  for (const { id } of questions) if (!answers.has(id)) throw failed(options, `it did not answer for ${id}`);
  return answers;
}

function failed(options: OracleOptions, detail: string): CellfarmError {
  return new CellfarmError('C3005', { path: options.python[0] ?? 'python', detail });
}

function converse(options: OracleOptions, input: string): Promise<string[]> {
  const [program = 'python3', ...rest] = options.python;
  const script = join(options.packageFolder, 'astd.py');
  const child = spawn(program, [...rest, '-I', script], {
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: TIMEOUT_MS,
  });
  return new Promise((resolve, reject) => {
    const out: Buffer[] = [];
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-2000)));
    child.stdin.on('error', () => undefined);
    child.on('error', (cause) => reject(failed(options, cause.message)));
    child.on('close', (status, signal) => {
      if (status === 0)
        resolve(
          Buffer.concat(out)
            .toString('utf8')
            .split('\n')
            .filter((line) => line !== ''),
        );
      else reject(failed(options, stderr.trim().split('\n').at(-1) || `it ended with ${signal ?? status}`));
    });
    child.stdin.end(input);
  });
}
