// How many tasks a second go through the scheduler, without any process or I/O: one map of 100,000 no-op shards on 2 to 64
// slots, and a graph of cells that all leave.
// Usage: node bench/micro/scheduler.mjs [--shards 100000] [--rounds 5]; needs a build of packages/scheduler.
import { createScheduler, step, story } from '../../packages/scheduler/lib/index.js';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    shards: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '5' },
  },
});
const count = Number(values.shards);
const rounds = Number(values.rounds);

const resources = {};
const common = { target: 'auto', resources, timeoutMs: null, userRetries: 0 };

function shardsOf(map, way) {
  return Array.from({ length: count }, (_, n) => ({
    ...common,
    id: `${map}/${n}`,
    lane: 'away',
    order: n,
    needs: [],
    way,
    map,
  }));
}

/** Plays one run; answers come back in the order the slots would give them. */
function round(workers, way) {
  const state = createScheduler();
  const shards = shardsOf('c0.m0.0', way);
  const limits = { targets: { local: { cpus: workers, memoryBytes: 2 ** 36, gpus: 0 } } };
  const cell = { ...common, id: 'c0', lane: 'home', order: 0, needs: [], way: 'process', map: null };
  const flights = new Map();
  let said = step(state, {
    type: 'run-opened',
    now: 0,
    tasks: [cell],
    workers,
    target: 'local',
    limits,
    epoch: 0,
    done: [],
    durations: {},
  });
  const opening = [];
  const hear = () => {
    for (const one of said) {
      if (one.type === 'start-task') flights.get(one.slot).push(one);
      else if (one.type === 'open-slot') {
        flights.set(one.slot, []);
        opening.push(one);
      }
    }
  };
  hear();
  said = step(state, { type: 'slot-opened', now: 0, slot: 'home', epoch: 1 });
  hear();
  opening.length = 0;

  const cpu = process.cpuUsage();
  const began = performance.now();
  said = step(state, { type: 'tasks-added', now: 1, tasks: shards });
  const added = performance.now();
  hear();
  for (const { slot, epoch } of opening) {
    said = step(state, { type: 'slot-opened', now: 2, slot, epoch });
    hear();
  }
  let events = 1 + opening.length;
  let left = count;
  const slots = [...flights].filter(([slot]) => slot !== 'home').map(([, flight]) => flight);
  while (left > 0) {
    for (const flight of slots) {
      const start = flight.shift();
      if (start === undefined) continue;
      said = step(state, {
        type: 'task-succeeded',
        now: 3,
        task: start.task,
        slot: start.slot,
        epoch: start.epoch,
        durationMs: 0.01,
      });
      events += 1;
      left -= 1;
      hear();
    }
  }
  const ended = performance.now();
  const { user, system } = process.cpuUsage(cpu);
  if (story(state, 'c0.m0.0/0').length !== 3) throw new Error('the first shard has no story');
  return { events, addMs: added - began, totalMs: ended - began, cpuMs: (user + system) / 1000 };
}

console.log(`node ${process.version}, ${count} shards, best of ${rounds} rounds and median`);
for (const [workers, way] of [
  [2, 'fork'],
  [2, 'process'],
  [16, 'process'],
  [64, 'process'],
]) {
  const times = Array.from({ length: rounds }, () => round(workers, way)).sort(
    (a, b) => a.totalMs - b.totalMs,
  );
  const best = times[0];
  const median = times[times.length >> 1];
  const rate = (one) => Math.round((count / one.totalMs) * 1000).toLocaleString('en');
  console.log(
    `${workers} slots, ${way}: ${rate(best)} tasks/s best, ${rate(median)} median ` +
      `(${Math.round((count / median.cpuMs) * 1000).toLocaleString('en')} a second of CPU; adding ${best.addMs.toFixed(0)} of ${best.totalMs.toFixed(0)} ms, ${best.events} events)`,
  );
}

/** Cells that all leave, each of which needs two of the layer before. */
function layers(workers, width, depth) {
  const state = createScheduler();
  const cells = Array.from({ length: width * depth }, (_, n) => ({
    ...common,
    id: `t${n}`,
    lane: 'away',
    order: n,
    needs: n < width ? [] : [`t${n - width}`, `t${n - (n % width) - 1}`],
    way: 'process',
    map: null,
  }));
  const limits = { targets: { local: { cpus: workers, memoryBytes: 2 ** 36, gpus: 0 } } };
  const opening = [];
  const running = [];
  let events = 0;
  let over = false;
  const tell = (event) => {
    events += 1;
    for (const said of step(state, event)) {
      if (said.type === 'open-slot') opening.push(said);
      else if (said.type === 'start-task') running.push(said);
      else if (said.type === 'finish-run') over = true;
    }
  };
  const began = performance.now();
  tell({
    type: 'run-opened',
    now: 0,
    tasks: cells,
    workers,
    target: 'local',
    limits,
    epoch: 0,
    done: [],
    durations: {},
  });
  while (!over) {
    const slot = opening.shift();
    if (slot) tell({ type: 'slot-opened', now: 1, slot: slot.slot, epoch: slot.epoch });
    const start = running.shift();
    if (start) {
      const { task, slot: id, epoch } = start;
      tell({ type: 'task-succeeded', now: 2, task, slot: id, epoch, durationMs: 5 });
    }
  }
  const ms = performance.now() - began;
  console.log(
    `${cells.length} cells in layers of ${width} on ${workers} slots: ` +
      `${Math.round((cells.length / ms) * 1000).toLocaleString('en')} tasks/s (${events} events)`,
  );
}

layers(16, 100, 200);
layers(16, 1000, 100);
