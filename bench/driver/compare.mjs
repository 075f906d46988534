// From numbers taken to rows: the median of each system, and for each of ours and each other system the ratio in every round that has both.
// A ratio is how many times better ours is, whichever way better points.
import { spread } from './statistics.mjs';

/** One row with its cells and ratios, and each goal with what became of it. */
export function compareRow(row, systems, taken) {
  const valuesOf = (system) => {
    const measure = system.ours ? row.measure : (row.peers ?? row.measure);
    const mine = taken.filter((each) => each.system === system.name && each.measure === measure);
    return new Map(
      mine
        .filter((each) => each.numbers?.[row.number] !== undefined)
        .map((each) => [each.round, each.numbers[row.number]]),
    );
  };
  const values = new Map(systems.map((system) => [system.name, valuesOf(system)]));
  const cells = systems
    .filter((system) => values.get(system.name).size > 0)
    .map((system) => ({ system: system.name, ...spread([...values.get(system.name).values()]) }));
  const ratios = [];
  for (const ours of systems.filter((system) => system.ours)) {
    for (const other of systems.filter((system) => !system.ours)) {
      const found = spread(ratiosOf(row, values.get(ours.name), values.get(other.name)));
      if (found) ratios.push({ ours: ours.name, other: other.name, ...found });
    }
  }
  return { ...row, cells, ratios, goals: judged(row, cells, ratios) };
}

function ratiosOf(row, ours, others) {
  return [...ours.entries()]
    .filter(([round]) => others.has(round))
    .map(([round, value]) => (row.better === 'more' ? value / others.get(round) : others.get(round) / value));
}

/** Goals are for the first of ours, the one through BullMQ. `met` is null where nothing was measured. */
function judged(row, cells, ratios) {
  return row.goals.map((goal) => {
    if (goal.against === null) {
      const found = cells.find((cell) => cell.system === 'cellfarm')?.median;
      const met =
        found === undefined ? null : row.better === 'more' ? found >= goal.goal : found <= goal.goal;
      return { ...goal, found: found ?? null, met };
    }
    const found = ratios.find((ratio) => ratio.ours === 'cellfarm' && ratio.other === goal.against)?.median;
    return { ...goal, found: found ?? null, met: found === undefined ? null : found >= goal.atLeast };
  });
}
