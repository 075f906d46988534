// What a cell costs in the kernel "Cellfarm (Python 3)", as a ratio to plain ipykernel. Both are up at once and asked in turn.
//   node bench/micro/kernel.mjs [rounds] [cells]            (after `npm run setup`)
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { spread } from '../driver/statistics.mjs';
import { runtimeEnv, venvPython } from '../../scripts/setup/paths.mjs';

const [rounds = '7', cells = '200'] = process.argv.slice(2);
const program = fileURLToPath(new URL('../driver/kernel_cells.py', import.meta.url));
const printed = execFileSync(venvPython, [program, rounds, cells], {
  env: runtimeEnv(),
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'ignore'],
});
const taken = printed
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
const told = (name, values, unit) => {
  const { median, least, most } = spread(values);
  process.stdout.write(
    `${name.padEnd(28)}${median.toFixed(2)} ${unit} (${least.toFixed(2)} to ${most.toFixed(2)})\n`,
  );
};
told(
  'ipykernel, a cell',
  taken.map(({ ipykernel }) => ipykernel / 1e3),
  'ms',
);
told(
  'Cellfarm (Python 3), a cell',
  taken.map(({ cellfarm }) => cellfarm / 1e3),
  'ms',
);
told(
  'ratio',
  taken.map(({ ipykernel, cellfarm }) => cellfarm / ipykernel),
  'x',
);
