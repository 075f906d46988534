// The command `cellfarm`: its words and options. Each command is a file of `commands/`; how errors end it is decided here.
import { Command, CommanderError } from 'commander';
import { EXIT } from '@cellfarm/protocol';
import { agentCommand } from './commands/agent.js';
import { compileCommand } from './commands/compile.js';
import { doctorCommand } from './commands/doctor.js';
import { runCommand } from './commands/run.js';
import { runsCommand, showRunCommand } from './commands/runs.js';
import { serviceCommand } from './commands/service.js';
import { upCommand } from './commands/up.js';
import { verifyCommand } from './commands/verify.js';
import { ToldAlready } from './run/preflight.js';
import { problemOf } from './run/report-problem.js';
import { readSettings } from './settings.js';
import type { Settings } from './settings.js';
import { VERSION } from './version.js';

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

function runOptions(command: Command): Command {
  return command
    .argument('<notebook>', 'path of a notebook (.ipynb)')
    .option('--workers <n>', 'processes for work that leaves home (default: the number of cores)')
    .option('--target <name>', 'where home runs')
    .option('--python <path>', "interpreter for the notebook, instead of its kernelspec's")
    .option('--redis <url>', 'a Redis to use instead of a private one')
    .option('--timeout <seconds>', 'longest time of the whole run')
    .option('--no-fork', 'never fork from home: ship by value to worker processes');
}

/** The command with all its words; `finish` gets the exit code of what ran. */
export function createProgram(finish: (exit: number) => void): Command {
  const program = new Command('cellfarm')
    .description('Runs a normal Python notebook as a parallel workflow, with the answer of Restart & Run All')
    .version(VERSION)
    .exitOverride()
    .showHelpAfterError('(cellfarm --help says more)');
  const does =
    <A extends unknown[]>(action: (settings: Settings, ...args: A) => Promise<number>) =>
    async (...args: A): Promise<void> =>
      finish(await action(readSettings(), ...args));

  runOptions(program.command('run'))
    .description('play a notebook as one run')
    .option('-o, --output <path>', 'write the executed notebook there')
    .option('--events <path>', 'write every event there, one JSON object a line')
    .option('--json', 'print the summary as JSON')
    .option('--resume <run>', 'go on with a run that was interrupted')
    .action(
      does((settings, path: string, flags: Parameters<typeof runCommand>[1]) =>
        runCommand(path, flags, settings),
      ),
    );
  runOptions(program.command('verify'))
    .description('play a notebook sequentially and distributed, and compare')
    .action(
      does((settings, path: string, flags: Parameters<typeof verifyCommand>[1]) =>
        verifyCommand(path, flags, settings),
      ),
    );
  program
    .command('compile')
    .description('print the task graph of a notebook; nothing runs')
    .argument('<notebook>', 'path of a notebook (.ipynb)')
    .option('--format <format>', 'text, json or dot', 'text')
    .action(
      does((settings, path: string, flags: { format: string }) => compileCommand(path, flags, settings)),
    );
  const runs = program.command('runs').description('list the runs of this machine');
  runs
    .option('--json', 'print as JSON')
    .action(does((settings, flags: { json?: boolean }) => runsCommand(flags, settings)));
  runs
    .command('show')
    .argument('<run>', 'id of a run')
    .description('print the record of a run as JSON')
    .action(does((settings, run: string) => showRunCommand(run, settings)));
  program
    .command('doctor')
    .description('what of this machine can be used, and why not')
    .option('--json', 'print as JSON')
    .action(does((settings, flags: { json?: boolean }) => doctorCommand(flags, settings)));
  program
    .command('up')
    .description('keep a service and a local agent running')
    .option('--redis <url>', 'a Redis to use instead of a private one')
    .action(does((settings, flags: { redis?: string }) => upCommand(flags, settings)));
  program
    .command('agent')
    .description('take work through Redis and run it on this machine')
    .option('--redis <url>', 'the Redis of the service')
    .option('--target <name>', 'a target whose work it takes (again for more; default: local)', collect, [])
    .option('--owned', 'end when standard input closes')
    .action(does((settings, flags: Parameters<typeof agentCommand>[0]) => agentCommand(flags, settings)));
  program
    .command('service', { hidden: true })
    .option('--redis <url>')
    .option('--resume-interrupted')
    .option('--owned')
    .action(does((settings, flags: Parameters<typeof serviceCommand>[0]) => serviceCommand(flags, settings)));
  return program;
}

/** Long-running parts are started as `… cellfarm service …`, so that `ps` shows what they are. */
function wordsOf(argv: readonly string[]): string[] {
  return argv[0] === 'cellfarm' ? argv.slice(1) : [...argv];
}

async function main(): Promise<void> {
  let exit: number = EXIT.done;
  try {
    await createProgram((code) => (exit = code)).parseAsync(wordsOf(process.argv.slice(2)), { from: 'user' });
  } catch (thrown) {
    exit = exitFor(thrown);
  }
  // Everything is closed by now, but BullMQ's timers would hold the process for seconds. Writes to pipes and files are done.
  process.exit(exit);
}

function exitFor(thrown: unknown): number {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.done : EXIT.badInput;
  if (thrown instanceof ToldAlready) return thrown.exit;
  const { exit, text } = problemOf(thrown);
  process.stderr.write(`${text}\n`);
  return exit;
}

await main();
