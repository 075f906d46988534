// The list of guards and how they run: types first, since others read what the compiler wrote, then two at a time.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup/paths.mjs';
import { firstLoad } from './first-load.mjs';
import { layers } from './layers.mjs';
import { names } from './names.mjs';
import { inTurn, nodeTool, pythonTool } from './run-tool.mjs';
import { schemas } from './schemas.mjs';
import { sizes } from './sizes.mjs';
import { versions } from './versions.mjs';

const python = 'packages/python';
const madgeOptions = [
  '--circular',
  '--no-spinner',
  '--extensions',
  'ts,tsx,mjs',
  '--ts-config',
  'tsconfig.json',
];

/** The source folders of the packages. Type-only imports do not count (.madgerc): two records may name each other. */
const packageSources = () =>
  readdirSync(join(root, 'packages'))
    .map((name) => join('packages', name, 'src'))
    .filter((folder) => folder !== join(python, 'src') && existsSync(join(root, folder)));

const guards = [
  {
    name: 'types',
    keeps: 'strict TypeScript by project references, tests included',
    run: () =>
      inTurn(
        () => nodeTool('typescript/bin/tsc', '-b'),
        () => nodeTool('typescript/bin/tsc', '-p', 'tsconfig.tests.json'),
        () => nodeTool('typescript/bin/tsc', '-p', 'ui-tests'),
      ),
  },
  {
    name: 'lint',
    keeps: 'exhaustive switches, no floating promise, no any, no shell',
    run: () => nodeTool('eslint/bin/eslint.js', '--max-warnings', '0', '.'),
  },
  {
    name: 'format',
    keeps: 'prettier: one layout for TypeScript, JavaScript and JSON',
    run: () => nodeTool('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'),
  },
  {
    name: 'cycles',
    keeps: 'madge: no file imports itself through others',
    run: () => nodeTool('madge/bin/cli.js', ...madgeOptions, 'scripts', ...packageSources()),
  },
  { name: 'layers', keeps: 'imports between packages point down only', run: layers },
  { name: 'sizes', keeps: 'no source file over 450 lines', run: sizes },
  {
    name: 'first load',
    keeps: 'JupyterLab starts with little of the extension; panels come later',
    run: firstLoad,
  },
  {
    name: 'dead exports',
    keeps: 'nothing exported, depended on or left lying that no one uses',
    run: () => nodeTool('knip/bin/knip.js', '--no-progress', '--no-config-hints'),
  },
  {
    name: 'python lint',
    keeps: 'ruff: rules and layout',
    run: () =>
      inTurn(
        () => pythonTool('ruff', 'check', python),
        () => pythonTool('ruff', 'format', '--check', python),
      ),
  },
  {
    name: 'python types',
    keeps: 'mypy strict on the package',
    run: () => pythonTool('mypy', '--config-file', `${python}/pyproject.toml`, `${python}/src`),
  },
  { name: 'schemas', keeps: 'generated files are what the protocol gives', run: schemas },
  { name: 'versions', keeps: 'one version for everything', run: versions },
  { name: 'names', keeps: 'no path of this machine, no registry host', run: names },
];

/** Runs all guards, prints a line for each, and what a failing one found. */
export async function runGuards(write = (text) => process.stdout.write(text)) {
  const [first, ...others] = guards;
  const results = [await guarded(first, write)];
  const lane = async () => {
    for (let guard = others.shift(); guard !== undefined; guard = others.shift()) {
      results.push(await guarded(guard, write));
    }
  };
  await Promise.all([lane(), lane()]);
  return results;
}

async function guarded(guard, write) {
  const began = performance.now();
  const result = await attempt(guard);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const note = result.note === undefined ? '' : ` (${result.note})`;
  write(`${result.ok ? 'ok  ' : 'FAIL'}  ${guard.name.padEnd(13)} ${guard.keeps}${note}, ${seconds} s\n`);
  if (!result.ok) write(`${result.output.trimEnd().replace(/^/gm, '      ')}\n`);
  return result;
}

/** A guard that cannot run at all has failed, and the others still run. */
async function attempt(guard) {
  try {
    return await guard.run();
  } catch (error) {
    return { ok: false, output: error.stack ?? String(error) };
  }
}

export function passedAndFailed(results) {
  const passed = results.filter((result) => result.ok).length;
  return { passed, failed: results.length - passed };
}
