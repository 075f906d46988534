// `npm test`: from a bare checkout to a verdict. Sets up, builds, runs every guard, the TypeScript tests (among them
// the notebooks played from end to end), the Python tests and those in a browser. All of them run; the last line counts what they found.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { passedAndFailed, runGuards } from './guards/all.mjs';
import { junitCounts, vitestCounts } from './guards/test-reports.mjs';
import { setUp } from './setup/all.mjs';
import { passThrough } from './setup/pass-through.mjs';
import { nodeBinary, root, runtimeEnv, venvPython } from './setup/paths.mjs';
import { endingInASentence } from './setup/problem.mjs';

const reports = join(root, 'dist', 'test-reports');
const vitestReport = join(reports, 'vitest.json');
const pytestReport = join(reports, 'pytest.xml');
const browserReport = join(reports, 'ui.xml');

const heading = (text) => process.stdout.write(`\n== ${text}\n`);

async function runTests(title, program, args, report, countsOf) {
  heading(title);
  rmSync(report, { force: true });
  const status = await passThrough(program, args, { cwd: root, env: runtimeEnv() });
  const counts = countsOf(() => readFileSync(report, 'utf8'));
  // A runner that ends badly without a failed test (it crashed, or found none) has failed all the same.
  return status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

await endingInASentence(async () => {
  await setUp('test');
  mkdirSync(reports, { recursive: true });

  heading('guards');
  const guards = passedAndFailed(await runGuards());
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--reporter=default', '--reporter=json'];
  const typescript = await runTests(
    'TypeScript tests and notebooks',
    nodeBinary(),
    [...vitest, `--outputFile.json=${vitestReport}`],
    vitestReport,
    vitestCounts,
  );
  const python = await runTests(
    'Python tests',
    venvPython,
    [
      '-m',
      'pytest',
      '-q',
      `--junitxml=${pytestReport}`,
      '-c',
      'packages/python/pyproject.toml',
      'packages/python/tests',
    ],
    pytestReport,
    junitCounts,
  );

  const browser = await runTests(
    'browser tests',
    nodeBinary(),
    ['node_modules/@playwright/test/cli.js', 'test', '--config', 'ui-tests'],
    browserReport,
    junitCounts,
  );

  const all = [guards, typescript, python, browser];
  const sum = (key) => all.reduce((total, counts) => total + counts[key], 0);
  process.exitCode = sum('failed') === 0 ? 0 : 1;
  process.stdout.write(`\n${sum('passed')} passed, ${sum('failed')} failed\n`);
});
