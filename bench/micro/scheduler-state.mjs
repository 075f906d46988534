// What it would cost to give every event a state of its own instead of advancing one in place: the figures behind
// docs/decisions/0002-scheduler-state.md. Three ways to keep 100,000 tasks, three changes an event (task, slot, queue).
// Usage: node bench/micro/scheduler-state.mjs

const COUNT = 100_000;
const BITS = 5;
const WIDTH = 1 << BITS;

const newTask = (n) => ({
  id: `c0.m0.0/${n}`,
  order: n,
  state: 'ready',
  attempt: 0,
  rank: 0,
  slot: null,
  log: [],
});

/** A persistent vector: a tree of arrays of 32, of which a change copies one path. */
function trieOf(items) {
  let level = items;
  let shift = 0;
  while (level.length > WIDTH) {
    const above = [];
    for (let at = 0; at < level.length; at += WIDTH) above.push(level.slice(at, at + WIDTH));
    level = above;
    shift += BITS;
  }
  return { root: level, shift };
}
function trieSet({ root, shift }, at, value) {
  const set = (node, bits) => {
    const copy = node.slice();
    const slot = (at >> bits) & (WIDTH - 1);
    copy[slot] = bits === 0 ? value : set(node[slot], bits - BITS);
    return copy;
  };
  return { root: set(root, shift), shift };
}

/** Best of five rounds; `prepare` is not timed. */
function measure(name, events, prepare) {
  let best = Infinity;
  for (let round = 0; round < 5; round += 1) {
    const run = prepare();
    const began = performance.now();
    for (let n = 0; n < events; n += 1) run(n);
    best = Math.min(best, (performance.now() - began) / events);
  }
  console.log(`${name}: ${(best * 1000).toFixed(2)} us an event`);
}

const items = Array.from({ length: COUNT }, (_, n) => newTask(n));
const idOf = (n) => `c0.m0.0/${n}`;

measure('in place', COUNT, () => {
  const tasks = new Map(items.map((task) => [task.id, { ...task }]));
  return (n) => {
    const task = tasks.get(idOf(n));
    task.state = 'done';
    task.attempt += 1;
    task.slot = null;
  };
});
measure('persistent vectors (32 wide) of tasks, slots and queue', COUNT, () => {
  const numbers = new Map(items.map((task, n) => [task.id, n]));
  let state = { tasks: trieOf(items), slots: trieOf(items.slice(0, 64)), queue: trieOf(items) };
  return (n) => {
    const at = numbers.get(idOf(n));
    const task = { ...items[at], state: 'done', attempt: 1 };
    state = {
      tasks: trieSet(state.tasks, at, task),
      slots: trieSet(state.slots, n % 64, task),
      queue: trieSet(state.queue, COUNT - 1 - n, task),
    };
  };
});
measure('a copied map of tasks', 20, () => {
  let tasks = new Map(items.map((task) => [task.id, task]));
  return (n) => {
    tasks = new Map(tasks);
    tasks.set(idOf(n), { ...items[n], state: 'done' });
  };
});
