// The command line of the benchmark. Throws UsageError with a sentence for words that it does not know.
import { parseArgs } from 'node:util';

export class UsageError extends Error {}

export const USAGE = `npm run bench [-- [NAME...] [options]]

  NAME              rows to measure, by name or its beginning (default: all)
  --rounds N        rounds, each with every system once (default: 7)
  --systems A,B     systems to compare, by name (default: all)
  --scale F         that part of all counts, to try things out (default: 1)
  --check           exit 1 unless every required ratio holds
  --anyway          measure although the machine is busy (load over 0.5)
  --list            what there is to measure
`;

const spec = {
  rounds: { type: 'string', default: '7' },
  systems: { type: 'string' },
  scale: { type: 'string', default: '1' },
  check: { type: 'boolean', default: false },
  anyway: { type: 'boolean', default: false },
  list: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
};

/** Options with the rows and systems chosen. */
export function readOptions(args, rows, systems) {
  const { values, positionals } = parsed(args);
  const rounds = Number(values.rounds);
  const scale = Number(values.scale);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new UsageError(`--rounds ${values.rounds} is no number of rounds`);
  if (!(scale > 0 && scale <= 1))
    throw new UsageError(`--scale ${values.scale} is not above 0 and at most 1`);
  return {
    ...values,
    rounds,
    scale,
    rows: chosenRows(positionals, rows),
    systems: chosenSystems(values.systems, systems),
  };
}

function parsed(args) {
  try {
    return parseArgs({ args, options: spec, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error.message);
  }
}

function chosenRows(names, rows) {
  for (const name of names)
    if (!rows.some((row) => row.name.startsWith(name)))
      throw new UsageError(`there is no row ${name}; --list tells them`);
  return names.length === 0 ? rows : rows.filter((row) => names.some((name) => row.name.startsWith(name)));
}

function chosenSystems(names, systems) {
  if (names === undefined) return systems;
  const wanted = names.split(',');
  for (const name of wanted)
    if (!systems.some((system) => system.name === name))
      throw new UsageError(`there is no system ${name}; --list tells them`);
  return systems.filter((system) => wanted.includes(system.name));
}
