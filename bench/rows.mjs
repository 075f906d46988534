// What is measured, and what is wanted. A measure is taken once a system and round; a row is one number of it. A goal against a system
// says how many times better ours must be; a goal of its own says a number in the row's unit. `required` ones fail `--check`.

/** Parameters of each measure; `few` where a system is so slow that the same count would only take longer. */
export const measures = {
  noOp: {
    with: { count: 20_000 },
    few: { dask: { count: 5_000 }, ray: { count: 5_000 }, ipyparallel: { count: 2_000 } },
  },
  noOpShipped: { with: { count: 20_000 } },
  roundTrip: { with: { repeats: 200 } },
  roundTripShipped: { with: { repeats: 200 } },
  chain: { with: { count: 300 } },
  handOver64K: { with: { count: 200, size: 64 * 1024 } },
  handOver256M: { with: { count: 2, size: 256 * 2 ** 20 } },
  resting: { with: { count: 24, milliseconds: 50 } },
  startCold: { with: {} },
  startWarm: { with: {} },
  idle: { with: { seconds: 10 }, once: true },
  idleAfter: { with: { seconds: 10 }, once: true },
};

const against = (system, atLeast, required = false) => ({ against: system, atLeast, required });
const itself = (goal, required = false) => ({ against: null, goal, required });

/** Rows of the table. `peers`: the measure that is the like of it in the others, where that has another name. */
export const rows = [
  {
    name: 'no-op',
    title: 'no-op tasks, 2 workers, forked from home',
    measure: 'noOp',
    number: 'tasksPerSecond',
    unit: 'tasks/s',
    better: 'more',
    goals: [
      against('concurrent-futures', 3, true),
      against('concurrent-futures', 10),
      against('ray', 75),
      against('bullmq', 6),
      itself(100_000),
    ],
  },
  {
    name: 'no-op-shipped',
    title: 'no-op tasks, 2 warm workers, shipped by value',
    measure: 'noOpShipped',
    peers: 'noOp',
    number: 'tasksPerSecond',
    unit: 'tasks/s',
    better: 'more',
    goals: [against('concurrent-futures', 10), against('ray', 75), against('bullmq', 6), itself(100_000)],
  },
  ...roundTrips('round-trip', 'a map of 2 elements, forked from home', 'roundTrip'),
  ...roundTrips('round-trip-shipped', 'a map of 2 elements, shipped to warm workers', 'roundTripShipped'),
  {
    name: 'chain',
    title: 'a chain of 300 steps (here: cells at home), each step',
    measure: 'chain',
    number: 'stepMicroseconds',
    unit: 'us',
    better: 'less',
    goals: [against('nbclient', 1, true), itself(100)],
  },
  {
    name: 'hand-over-64k',
    title: '200 arrays of 64 KB from workers to home',
    measure: 'handOver64K',
    number: 'arraysPerSecond',
    unit: 'arrays/s',
    better: 'more',
    goals: [against('ray', 1, true), itself(10_000)],
  },
  {
    name: 'hand-over-256m',
    title: 'an array of 256 MB from a worker to home',
    measure: 'handOver256M',
    number: 'megabytesPerSecond',
    unit: 'MB/s',
    better: 'more',
    goals: [against('ray', 1, true), against('ray', 3), itself(8_000)],
  },
  {
    name: 'map-50ms',
    title: '24 tasks that rest 50 ms, 2 workers',
    measure: 'resting',
    number: 'seconds',
    unit: 's',
    better: 'less',
    goals: [],
  },
  {
    name: 'map-50ms-speed-up',
    title: 'the same map, against one worker',
    measure: 'resting',
    number: 'speedUp',
    unit: 'x',
    better: 'more',
    goals: [itself(1.9)],
  },
  {
    name: 'start-cold',
    title: 'from the command to the first cell, nothing running',
    measure: 'startCold',
    number: 'seconds',
    unit: 's',
    better: 'less',
    goals: [against('nbclient', 2.5)],
  },
  {
    name: 'start-warm',
    title: 'from the command to the first cell, service running',
    measure: 'startWarm',
    number: 'seconds',
    unit: 's',
    better: 'less',
    goals: [against('nbclient', 2.5)],
  },
  {
    name: 'idle-service',
    title: 'resident memory of the idle service after 10 s',
    measure: 'idle',
    number: 'serviceMegabytes',
    unit: 'MB',
    better: 'less',
    goals: [itself(150, true)],
  },
  {
    name: 'idle-service-after',
    title: 'the same after all the runs',
    measure: 'idleAfter',
    number: 'serviceMegabytes',
    unit: 'MB',
    better: 'less',
    goals: [],
  },
  {
    name: 'idle-system',
    title: 'resident memory of all idle processes after 10 s',
    measure: 'idle',
    number: 'systemMegabytes',
    unit: 'MB',
    better: 'less',
    goals: [],
  },
  {
    name: 'idle-processor',
    title: 'processor used by the idle service',
    measure: 'idle',
    number: 'processorPercent',
    unit: '%',
    better: 'less',
    goals: [itself(1)],
  },
];

function roundTrips(name, title, measure) {
  const goals = ['concurrent-futures', 'joblib', 'dask', 'ray', 'ipyparallel', 'bullmq'].map((peer) =>
    against(peer, 1),
  );
  const common = { measure, peers: 'roundTrip', unit: 'us', better: 'less' };
  return [
    {
      name: `${name}-p50`,
      title: `${title}, median`,
      number: 'p50Microseconds',
      ...common,
      goals: [...goals, itself(250)],
    },
    {
      name: `${name}-p99`,
      title: `${title}, 99 of 100`,
      number: 'p99Microseconds',
      ...common,
      goals: [itself(1_000)],
    },
  ];
}
