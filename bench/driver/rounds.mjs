// Plays the rounds: in each one every system is opened, asked for its measures and closed, in an order that is rotated from round to round.
// A system that fails is noted and the others go on. Knows nothing of rows.
import { measures } from '../rows.mjs';

/**
 * Gives after each round what was taken so far: a list of `{ round, system, measure, numbers }`, or with `error` in the
 * place of `numbers`.
 */
export async function* playRounds({ systems, wanted, rounds, scale, around, tell }) {
  const taken = [];
  for (let round = 0; round < rounds; round += 1) {
    const first = round % systems.length;
    for (const system of [...systems.slice(first), ...systems.slice(0, first)]) {
      const names = system.measures.filter((name) => wanted.has(name) && !(measures[name].once && round > 0));
      if (names.length > 0) taken.push(...(await playSystem({ system, names, round, scale, around, tell })));
    }
    yield taken;
  }
}

async function playSystem({ system, names, round, scale, around, tell }) {
  const note = (measure, outcome) => {
    const text = outcome.error ?? JSON.stringify(outcome.numbers);
    tell(`round ${round + 1}, ${system.title}, ${measure}: ${text}`);
    return { round, system: system.name, measure, ...outcome };
  };
  const opened = await attempt(() => system.open(around));
  if (opened.error) return names.map((name) => note(name, opened));
  const taken = [];
  for (const name of names) {
    const parameters = scaled(measures[name].few?.[system.name] ?? measures[name].with, scale);
    taken.push(note(name, await attempt(async () => ({ numbers: await opened.measure(name, parameters) }))));
  }
  const closed = await attempt(async () => (await opened.close()) ?? {});
  if (closed.error) tell(`${system.title} did not end well: ${closed.error}`);
  return taken;
}

async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    return { error: String(error.message ?? error).trim() };
  }
}

/** Fewer tasks and repeats, for trying things out. */
function scaled(parameters, scale) {
  const fewer = (value) => Math.max(2, Math.round(value * scale));
  return Object.fromEntries(
    Object.entries(parameters).map(([key, value]) =>
      key === 'count' || key === 'repeats' ? [key, fewer(value)] : [key, value],
    ),
  );
}
