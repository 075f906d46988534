// The one catalogue of errors: code, name, exit code of the command, message template and hint. Codes are never reused.
import { z } from 'zod';

/** Exit codes of the command line, a contract. */
export const EXIT = { done: 0, raised: 1, badInput: 2, infrastructure: 3, cancelled: 130 } as const;

interface ErrorKind {
  readonly name: string;
  readonly exit: (typeof EXIT)[keyof typeof EXIT];
  /** `{name}` is replaced by the field of that name. */
  readonly message: string;
  readonly hint: string;
  readonly retryable: boolean;
}

function badInput(name: string, message: string, hint: string): ErrorKind {
  return { name, exit: EXIT.badInput, message, hint, retryable: false };
}
function infrastructure(name: string, message: string, hint: string, retryable = true): ErrorKind {
  return { name, exit: EXIT.infrastructure, message, hint, retryable };
}

export const CATALOGUE = {
  // 1xxx: the notebook file and its tags
  C1001: badInput(
    'notebook-not-found',
    'there is no file {path}',
    'Check the path; it is taken from the folder you are in.',
  ),
  C1002: badInput('notebook-is-folder', '{path} is a folder', 'Give the path of one notebook file (.ipynb).'),
  C1003: badInput(
    'notebook-empty',
    '{path} is empty',
    'Save the notebook in Jupyter again, or take an earlier copy.',
  ),
  C1004: badInput(
    'notebook-not-json',
    '{path} is not JSON: {detail}',
    'A notebook is a JSON file; open it in Jupyter and save it again.',
  ),
  C1005: badInput(
    'notebook-format',
    '{path} is in notebook format {format}',
    'Open it in a current Jupyter and save it: format 4 is needed.',
  ),
  C1006: badInput(
    'notebook-shape',
    '{path} is not a notebook: {detail}',
    'Open it in Jupyter; if it opens there, save it again.',
  ),
  C1007: badInput(
    'notebook-language',
    'the notebook is written in {language}',
    'cellfarm runs Python notebooks; run this one with its own kernel.',
  ),
  C1008: badInput(
    'notebook-too-large',
    '{path} holds {size}, more than {limit}',
    'Move data out of the cells into files.',
  ),
  C1101: badInput('unknown-role', 'unknown role "{value}"', 'Roles are: {allowed}.'),
  C1102: badInput(
    'unknown-target',
    'unknown target "{value}"',
    'Targets here are: {allowed}. Others are named in cellfarm.config.json.',
  ),
  C1103: badInput(
    'bad-resource',
    '{field}: {detail}',
    'For example cpus 4, memory "8GiB", gpus 1, timeout "30m", retries 2.',
  ),
  C1104: badInput(
    'bad-tags',
    'the tags of the cell are malformed: {detail}',
    'The key "cellfarm" holds role, target and resources only.',
  ),
  C1105: badInput(
    'target-unavailable',
    'target "{value}" cannot be used: {detail}',
    'Choose another target, or set this one up; `cellfarm doctor` lists them.',
  ),
  // 12xx: configuration
  C1201: badInput(
    'bad-configuration',
    '{path}: {detail}',
    'See the targets section of the documentation for the allowed keys.',
  ),
  // 2xxx: the code in the cells
  C2001: badInput(
    'syntax-error',
    '{detail}',
    'Mend the cell, or tag it "raises-exception" if it is meant to fail.',
  ),
  C2101: badInput(
    'opaque-cell',
    'the cell is not understood ({detail}); it runs at home and everything waits for it',
    'Nothing has to be done; move what is understood to cells of its own for more parallelism.',
  ),
  C2102: badInput(
    'undefined-name',
    'nothing seems to define "{name}"',
    'Define it in an earlier cell; the run ends with NameError if nothing does.',
  ),
  C2103: badInput('loop-stays-home', 'the loop runs at home: {detail}', '{fix}'),
  C2104: badInput('cell-stays-home', 'the cell runs at home: {detail}', '{fix}'),
  C2105: badInput('role-without-effect', 'role "{role}" changes nothing here: {detail}', '{fix}'),
  C2106: badInput('unknown-attribute', 'cellfarm has no "{name}"', 'There are: {found}.'),
  C2107: badInput('bad-decorator', '{detail}', '{fix}'),
  // 3xxx: interpreters and kernels
  C3001: badInput(
    'kernel-not-found',
    'there is no kernel "{name}"',
    'Kernels found: {found}. Install it, or name a Python with --python.',
  ),
  C3002: badInput(
    'python-not-found',
    'there is no Python at {path}',
    'Give the path of an interpreter with --python.',
  ),
  C3003: badInput(
    'python-version',
    '{path} is Python {version}',
    'Python 3.10 to 3.13 is needed for the notebook.',
  ),
  C3004: badInput(
    'python-without-ipykernel',
    '{path} has no ipykernel',
    'Install it there: {path} -m pip install ipykernel',
  ),
  C3005: infrastructure(
    'python-failed',
    '{path} cannot be started: {detail}',
    'Run it by hand to see why.',
    false,
  ),
  C3006: badInput(
    'not-python',
    '{path} is not a Python interpreter',
    'Give the path of one with --python, such as /usr/bin/python3.',
  ),
  // 4xxx: the run
  C4001: {
    name: 'cell-raised',
    exit: EXIT.raised,
    message: '{ename}: {evalue}',
    hint: 'The traceback names the line.',
    retryable: false,
  },
  C4002: infrastructure(
    'process-lost',
    'the process in slot {slot} was lost: {detail}',
    'It is started again by itself; see the log when it happens often.',
  ),
  C4003: infrastructure(
    'poison-task',
    'task {task} ended {count} processes',
    'Run the cell alone; it may need more memory or crash a library.',
    false,
  ),
  C4004: infrastructure(
    'task-timeout',
    'task {task} took longer than {timeout}',
    "Give it more time in the cell's resources, or find what it waits for.",
    false,
  ),
  C4005: {
    name: 'run-cancelled',
    exit: EXIT.cancelled,
    message: 'the run was cancelled',
    hint: 'Start it again with cellfarm run.',
    retryable: false,
  },
  C4006: infrastructure(
    'out-of-memory',
    'task {task} was ended by the system for want of memory',
    'Give it more memory, or fewer workers at a time.',
    false,
  ),
  C4007: badInput('run-not-found', 'there is no run {run}', '`cellfarm runs` lists them.'),
  C4008: badInput('run-not-resumable', 'run {run} is {state}', 'Only a run that was interrupted can go on.'),
  C4009: infrastructure(
    'run-timeout',
    'the run took longer than {timeout}',
    'Give it more time with --timeout.',
    false,
  ),
  C4010: badInput(
    'resume-changed',
    'the notebook changed since run {run} began',
    'Start a new run; the old one belongs to the old notebook.',
  ),
  C4011: badInput(
    'task-not-cancellable',
    'task {task} cannot be cancelled: {detail}',
    'What leaves home can be brought home until it is done, and the cell that home plays can be stopped.',
  ),
  C4012: infrastructure(
    'brought-home',
    'it was cancelled: home computes the rest',
    'Nothing has to be done.',
    false,
  ),
  C4013: badInput(
    'attempt-not-running',
    'task {task} has no attempt to end: {detail}',
    'Only a shard or a cell that a worker is computing can be tried anew.',
  ),
  C4015: badInput('run-not-retryable', 'run {run} is {state}', 'Only a run that has ended can be retried.'),
  C4016: badInput('run-in-use', 'run {run} is {state}', 'Cancel it first; what has ended can be deleted.'),
  // 5xxx: service, queue, agents, objects
  C5001: infrastructure(
    'service-unreachable',
    'the service does not answer at {address}',
    'Start it with `cellfarm up`, or look into its log at {log}.',
  ),
  C5002: infrastructure(
    'redis-unreachable',
    'Redis does not answer at {address}: {detail}',
    'Check that it runs and that the address is right.',
  ),
  C5003: infrastructure(
    'redis-policy',
    'Redis at {address} has maxmemory-policy {policy}',
    'Set it to noeviction: other policies lose queued work.',
    false,
  ),
  C5004: infrastructure(
    'bad-ticket',
    'a ticket was refused: {detail}',
    'Service and agent must share one key file.',
    false,
  ),
  C5005: infrastructure('disk-full', 'the disk is full at {path}', 'Make room; the run goes on by itself.'),
  C5006: infrastructure(
    'object-corrupt',
    'object {digest} does not match its digest',
    'It is computed again; check the disk.',
  ),
  C5007: infrastructure(
    'protocol-version',
    '{peer} speaks protocol {theirs}, this is {ours}',
    'Use the same version of cellfarm on both sides.',
    false,
  ),
  C5008: infrastructure(
    'internal',
    'cellfarm itself failed: {detail}',
    'Please report it with the log at {log}.',
    false,
  ),
  C5009: infrastructure(
    'no-agent',
    'no agent takes work for target "{target}"',
    'Start one: cellfarm agent --redis URL --target {target}',
    false,
  ),
  // 6xxx: requests
  C6001: badInput('usage', '{detail}', 'See cellfarm --help, or --help after the command.'),
  C6002: badInput(
    'unauthorized',
    'the request carries no valid token',
    'Use the token of the running service.',
  ),
  C6003: badInput(
    'bad-request',
    'the request is malformed: {detail}',
    'See the service API in the documentation.',
  ),
  C6004: badInput('not-found', 'there is nothing at {path}', 'See the service API in the documentation.'),
} as const satisfies Record<string, ErrorKind>;

const CODES = Object.keys(CATALOGUE) as [keyof typeof CATALOGUE, ...(keyof typeof CATALOGUE)[]];
export const ErrorCode = z.enum(CODES);
export type ErrorCode = z.infer<typeof ErrorCode>;

function fill(template: string, fields: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => String(fields[name] ?? whole));
}

/** An error as it crosses the wire and is shown to people. */
export const ErrorReport = z.strictObject({
  code: ErrorCode,
  name: z.string(),
  message: z.string(),
  hint: z.string(),
  cell: z.int().min(0).nullable(),
  line: z.int().min(1).nullable(),
});
export type ErrorReport = z.infer<typeof ErrorReport>;

/** Message and hint of a code with its fields filled in. */
export function describe(
  code: ErrorCode,
  fields: Readonly<Record<string, string | number>> = {},
): { message: string; hint: string } {
  const kind: ErrorKind = CATALOGUE[code];
  return { message: fill(kind.message, fields), hint: fill(kind.hint, fields) };
}

/** The one error class of cellfarm. `cause` is kept. */
export class CellfarmError extends Error {
  readonly report: ErrorReport;

  constructor(
    readonly code: ErrorCode,
    fields: Readonly<Record<string, string | number>> = {},
    options: { cause?: unknown; cell?: number; line?: number } = {},
  ) {
    const { message, hint } = describe(code, fields);
    super(message, { cause: options.cause });
    this.name = 'CellfarmError';
    this.report = {
      code,
      name: CATALOGUE[code].name,
      message,
      hint,
      cell: options.cell ?? null,
      line: options.line ?? null,
    };
  }

  get exit(): number {
    return CATALOGUE[this.code].exit;
  }

  /** A report from elsewhere as an error again, its words unchanged. */
  static from(report: ErrorReport): CellfarmError {
    const error = new CellfarmError(report.code);
    error.message = report.message;
    Object.assign(error.report, report);
    return error;
  }
}
