// `npm run bench`: sets up and builds, makes the environment of the systems to compare with on first use, and starts bench/main.mjs.
// With CELLFARM_BENCH_PYTHON the caller names a Python that has them already, and nothing is installed.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setUp } from './setup/all.mjs';
import { failed, runQuietly } from './setup/command.mjs';
import { passThrough } from './setup/pass-through.mjs';
import { nodeBinary, requirements, root, runtimeEnv, venvPython } from './setup/paths.mjs';
import { endingInASentence } from './setup/problem.mjs';
import { digestOf, hasStamp, writeStamp } from './setup/stamp.mjs';

const environment = join(root, '.cellfarm', 'bench-venv');
const wanted = join(requirements, 'bench.txt');
const stamp = join(environment, '.cellfarm-packages');

/** The benchmark's Python, with everything in bench.txt; made where it is missing or the list has changed. */
function benchPython() {
  const python = join(environment, 'bin', 'python');
  const digest = digestOf([wanted]);
  if (existsSync(python) && hasStamp(stamp, digest)) return python;
  process.stderr.write('cellfarm: installing the systems to compare with (once)\n');
  const made = runQuietly(venvPython, ['-m', 'venv', environment]);
  if (!made.ok) throw failed("make the benchmark's environment", made.output);
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input'];
  const installed = runQuietly(python, ['-m', 'pip', 'install', ...quiet, '-r', wanted]);
  if (!installed.ok) throw failed('install the systems to compare with', installed.output);
  writeStamp(stamp, digest);
  return python;
}

await endingInASentence(async () => {
  const args = process.argv.slice(2);
  const asks = args.some((arg) => arg === '--list' || arg === '--help');
  await setUp('run');
  const python = asks ? venvPython : (process.env.CELLFARM_BENCH_PYTHON ?? benchPython());
  const env = { ...runtimeEnv(), CELLFARM_BENCH_PYTHON: python };
  const program = join(root, 'bench', 'main.mjs');
  process.exitCode = await passThrough(nodeBinary(), [program, ...args], { cwd: root, env });
});
