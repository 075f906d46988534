// The words and options of the command `cellfarm`. Each command is a file of `commands/` that is loaded when it is asked for;
// how what is thrown ends the command is decided in `run/exit-for.ts`.
import { Command, CommanderError } from 'commander';
import type { AgentFlags } from './commands/agent.js';
import type { JsonFlag } from './commands/runs.js';
import type { ServiceFlags } from './commands/service.js';
import type { upCommand } from './commands/up.js';
import type { RunFlags } from './run/parse-options.js';
import type { Settings } from './settings.js';
import { VERSION } from './version.js';

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

function runOptions(command: Command): Command {
  return command
    .argument('<notebook>', 'path of a notebook (.ipynb)')
    .option(
      '--workers <n>',
      'processes for work that leaves home; 0: nothing leaves, home does it all (default: the number of cores)',
    )
    .option('--target <name>', 'where home runs')
    .option('--python <path>', "interpreter for the notebook, instead of its kernelspec's")
    .option('--redis <url>', 'a Redis to use instead of a private one')
    .option(
      '--timeout <seconds>',
      'longest time of the whole run; then it ends with exit code 3 (default: no limit)',
    )
    .option('--no-fork', 'never fork from home: ship by value to worker processes');
}

type Action = (settings: Settings) => Promise<number>;

/** The command with all its words; `finish` gets the exit code of what ran. */
function createProgram(finish: (exit: number) => void): Command {
  const program = new Command('cellfarm')
    .description('Runs a normal Python notebook as a parallel workflow, with the answer of Restart & Run All')
    .version(VERSION)
    .enablePositionalOptions()
    .exitOverride()
    .showHelpAfterError('(cellfarm --help says more)');
  const run = async (action: Action): Promise<void> => {
    const { readSettings } = await import('./settings.js');
    finish(await action(readSettings()));
  };

  runOptions(program.command('run'))
    .description('play a notebook as one run')
    .option('-o, --output <path>', 'write the executed notebook there')
    .option('--events <path>', 'write every event there, one JSON object a line')
    .option('--json', 'print the summary as JSON')
    .option('--resume <run>', 'go on with a run that was interrupted')
    .action((path: string, flags: RunFlags) =>
      run(async (settings) => (await import('./commands/run.js')).runCommand(path, flags, settings)),
    );
  runOptions(program.command('verify'))
    .description('play a notebook sequentially and distributed, and compare')
    .action((path: string, flags: RunFlags) =>
      run(async (settings) => (await import('./commands/verify.js')).verifyCommand(path, flags, settings)),
    );
  program
    .command('compile')
    .description('print the task graph of a notebook; nothing runs')
    .argument('<notebook>', 'path of a notebook (.ipynb)')
    .option('--format <format>', 'text, json or dot', 'text')
    .action((path: string, flags: { format: string }) =>
      run(async (settings) => (await import('./commands/compile.js')).compileCommand(path, flags, settings)),
    );
  const runs = program.command('runs').description('list the runs of this machine');
  runs
    .enablePositionalOptions() // `--json` after `show` is that command's own
    .option('--json', 'print as JSON')
    .action((flags: JsonFlag) =>
      run(async (settings) => (await import('./commands/runs.js')).runsCommand(flags, settings)),
    );
  runs
    .command('show')
    .argument('<run>', 'id of a run')
    .option('--json', 'print the record as JSON')
    .description('say how a run went: its cells, maps, processes, notes, error and files')
    .action((id: string, flags: JsonFlag) =>
      run(async (settings) => (await import('./commands/runs.js')).showRunCommand(id, flags, settings)),
    );
  runs
    .command('cancel')
    .argument('<run>', 'id of a run')
    .argument(
      '[task]',
      'a map or cell that leaves home (c3.m0, c3): home does what is left of it, and the run goes on',
    )
    .description('end a run that goes on, or bring one of its tasks home')
    .action((id: string, task: string | undefined) =>
      run(async (settings) => (await import('./commands/change-runs.js')).cancelCommand(id, task, settings)),
    );
  runs
    .command('retry')
    .argument('<run>', 'id of a run that has ended')
    .argument('[shard]', 'of a run that goes on: a shard (c3.m0.0/4) or cell whose present attempt is ended')
    .description(
      'play its notebook again as it was then; what was computed is used again where it would come out the same',
    )
    .option('--json', 'print the summary as JSON')
    .action((id: string, task: string | undefined, flags: JsonFlag) =>
      run(async (settings) =>
        (await import('./commands/change-runs.js')).retryCommand(id, task, flags, settings),
      ),
    );
  runs
    .command('delete')
    .argument('<run>', 'id of a run that does not go on')
    .description('forget a run, with its results and files')
    .action((id: string) =>
      run(async (settings) => (await import('./commands/change-runs.js')).deleteCommand(id, settings)),
    );
  program
    .command('doctor')
    .description('what of this machine can be used, and why not')
    .option('--json', 'print as JSON')
    .action((flags: JsonFlag) =>
      run(async (settings) => (await import('./commands/doctor.js')).doctorCommand(flags, settings)),
    );
  program
    .command('kernel')
    .description('let Jupyter find the kernel "Cellfarm (Python 3)" of this environment, or no more')
    .argument('<action>', 'install or uninstall')
    .argument(
      '[options...]',
      '--user (default), --sys-prefix or --prefix PATH; --name NAME, --display-name TEXT',
    )
    .passThroughOptions()
    .allowUnknownOption()
    .action((action: string, words: string[]) =>
      run(async (settings) =>
        (await import('./commands/kernel.js')).kernelCommand([action, ...words], settings),
      ),
    );
  program
    .command('up')
    .description('keep a service and a local agent running, for all runs of this machine, until Ctrl-C')
    .option('--redis <url>', 'a Redis to use instead of a private one')
    .option('--clients <folder>', 'end when no process that has a file there lives')
    .action((flags: Parameters<typeof upCommand>[0]) =>
      run(async (settings) => (await import('./commands/up.js')).upCommand(flags, settings)),
    );
  program
    .command('agent')
    .description('take work through Redis and run it on this machine')
    .option('--redis <url>', 'the Redis of the service')
    .option('--target <name>', 'a target whose work it takes (again for more; default: local)', collect, [])
    .option('--owned', 'end when standard input closes')
    .action((flags: AgentFlags) =>
      run(async (settings) => (await import('./commands/agent.js')).agentCommand(flags, settings)),
    );
  program
    .command('service', { hidden: true })
    .option('--redis <url>')
    .option('--resume-interrupted')
    .option('--owned')
    .action((flags: ServiceFlags) =>
      run(async (settings) => (await import('./commands/service.js')).serviceCommand(flags, settings)),
    );
  for (const command of program.commands)
    command.showHelpAfterError(`(cellfarm ${command.name()} --help says more)`);
  return program;
}

/** Long-running parts are started as `… cellfarm service …`, so that `ps` shows what they are. */
function wordsOf(argv: readonly string[]): string[] {
  return argv[0] === 'cellfarm' ? argv.slice(1) : [...argv];
}

/** Runs the command with these words. Gives its exit code; throws nothing. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  let exit = 0;
  try {
    await createProgram((code) => (exit = code)).parseAsync(wordsOf(argv), { from: 'user' });
    return exit;
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0; // --help and --version end so
    const { exitFor } = await import('./run/exit-for.js');
    return exitFor(thrown);
  }
}
