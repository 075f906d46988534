// The benchmark's driver, started by scripts/bench.mjs when everything is set up: chooses, measures, prints the tables and writes them with
// all numbers to bench/results. Environment: CELLFARM_BENCH_PYTHON, the Python that the peers and the notebooks run under.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compareRow } from './driver/compare.mjs';
import { describeMachine, load, stealPercent, stolen } from './driver/machine.mjs';
import { USAGE, UsageError, readOptions } from './driver/options.mjs';
import { playRounds } from './driver/rounds.mjs';
import { reportText } from './driver/table.mjs';
import { rows } from './rows.mjs';
import { systems } from './systems/all.mjs';

const QUIET_LOAD = 0.5;
const WORKERS = 2;
const EXIT = { done: 0, missed: 1, usage: 2, busy: 3, interrupted: 130 };

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '..');
const tell = (text) => process.stderr.write(`${text}\n`);

function list() {
  const line = ({ name, title }) => `  ${name.padEnd(24)}${title}\n`;
  const micro = readdirSync(join(here, 'micro')).map((file) => `  node bench/micro/${file}\n`);
  return `rows\n${rows.map(line).join('')}\nsystems\n${systems.map(line).join('')}\nof single parts, by hand\n${micro.join('')}`;
}

/** Gives the result after each round, so that an interrupted benchmark leaves what it had. */
async function* measure(options) {
  const python = process.env.CELLFARM_BENCH_PYTHON;
  if (!python) throw new UsageError('CELLFARM_BENCH_PYTHON does not say under which Python the peers run');
  const env = { ...process.env, CELLFARM_NODE: process.execPath };
  const around = {
    python,
    env,
    workers: WORKERS,
    program: [process.execPath, process.env.CELLFARM_BENCH_PROGRAM ?? join(root, 'dist', 'cellfarm.mjs')],
    profile: process.env.CELLFARM_BENCH_NODE_OPTIONS
      ? { NODE_OPTIONS: process.env.CELLFARM_BENCH_NODE_OPTIONS }
      : {},
  };
  tell('memory is written once');
  execFileSync(python, [join(here, 'driver', 'touch_memory.py')]);
  const wanted = new Set(options.rows.flatMap((row) => [row.measure, row.peers ?? row.measure]));
  const began = { at: new Date().toISOString(), load: load(), stolen: stolen() };
  const machine = describeMachine({ root, python });
  const { rounds, scale } = options;
  let played = 0;
  for await (const taken of playRounds({ systems: options.systems, wanted, rounds, scale, around, tell })) {
    played += 1;
    yield {
      schema: 1,
      startedAt: began.at,
      finishedAt: new Date().toISOString(),
      loadBefore: began.load,
      loadAfter: load(),
      stealPercent: stealPercent(began.stolen, stolen()),
      machine,
      workers: WORKERS,
      rounds: played,
      scale,
      rows: options.rows.map((row) => compareRow(row, options.systems, taken)),
      taken,
    };
  }
}

/** Writes the results and their tables; returns the path without its ending. */
function save(result, text) {
  const folder = join(here, 'results');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, result.startedAt.replaceAll(':', '-').replace(/\.\d+Z$/, 'Z'));
  writeFileSync(`${path}.json`, `${JSON.stringify(result, null, 1)}\n`);
  writeFileSync(`${path}.md`, text);
  return path;
}

function textOf(result, chosen) {
  const { machine, loadBefore, loadAfter, stealPercent: steal } = result;
  const busy = `load ${loadBefore[0].toFixed(2)} before, ${loadAfter[0].toFixed(2)} after`;
  const versions = Object.entries(machine.versions).map(
    ([name, version]) => `${name} ${version ?? 'missing'}`,
  );
  return `# ${result.startedAt}

${machine.processors} x ${machine.processor}, ${machine.platform}; ${busy}; steal ${steal === null ? 'not told' : `${steal.toFixed(1)} %`}
commit ${machine.git.commit ?? 'unknown'}${machine.git.changed ? ' with changes' : ''}; ${versions.join(', ')}
${result.rounds} rounds, ${result.workers} workers${result.scale === 1 ? '' : `, counts times ${result.scale}`}; medians of the rounds, ratios taken in each round

${reportText(result.rows, chosen)}${failuresText(result.taken, chosen)}`;
}

/** What could not be measured, each once with how often and why. */
function failuresText(taken, chosen) {
  const failed = new Map();
  for (const { system, measure, error } of taken) {
    if (error === undefined) continue;
    const title = chosen.find((each) => each.name === system).title;
    const lines = error.split('\n').filter((line) => line.trim() !== '');
    const text = `${title}, ${measure}: ${lines.at(-1).slice(0, 300)}`;
    failed.set(text, (failed.get(text) ?? 0) + 1);
  }
  const lines = [...failed].map(([text, times]) => `- ${text}${times > 1 ? ` (${times} times)` : ''}\n`);
  return lines.length === 0 ? '' : `\n### failed\n\n${lines.join('')}`;
}

async function main() {
  const options = readOptions(process.argv.slice(2), rows, systems);
  if (options.help || options.list) {
    process.stdout.write(options.help ? USAGE : list());
    return EXIT.done;
  }
  if (load()[0] > QUIET_LOAD && !options.anyway) {
    tell(
      `the machine is busy (load ${load()[0].toFixed(2)}, over ${QUIET_LOAD}): wait, or measure with --anyway`,
    );
    return EXIT.busy;
  }
  let result, text, path;
  for await (result of measure(options)) {
    text = textOf(result, options.systems);
    path = save(result, text);
  }
  process.stdout.write(`${text}\nwritten: ${path}.json and .md\n`);
  const missed = result.rows.flatMap((row) =>
    row.goals
      .filter((goal) => goal.required && goal.met !== true)
      .map((goal) => `${row.name} ${goal.against ?? 'itself'}`),
  );
  if (!options.check || missed.length === 0) return EXIT.done;
  tell(`not held: ${missed.join(', ')}`);
  return EXIT.missed;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.once(signal, () => process.exit(EXIT.interrupted));
try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  tell(`${error.message}\n\n${USAGE}`);
  process.exitCode = EXIT.usage;
}
