import { describe, expect, it } from 'vitest';
import {
  checkInvariants,
  fifoMakespanMs,
  lowerBoundMs,
  simulate,
  type Simulation,
} from '@cellfarm/scheduler';
import { awayTask, homeTask, LOCAL, ROOMY, shards } from './scenario.js';

function simulation(
  tasks: Simulation['tasks'],
  durations: Record<string, number>,
  workers: number,
): Simulation {
  return {
    tasks,
    workers,
    target: LOCAL,
    limits: ROOMY,
    durations,
    durationOf: (task) => durations[task] ?? 0,
    watch: (state) => expect(checkInvariants(state)).toEqual([]),
  };
}

/** A long chain that comes last in the document, beside many short independent tasks. */
function chainBesideMany(): Simulation {
  const many = Array.from({ length: 20 }, (_, n) => awayTask(`short${n}`, n));
  const chain = Array.from({ length: 10 }, (_, n) =>
    awayTask(`link${n}`, 100 + n, { needs: n === 0 ? [] : [`link${n - 1}`] }),
  );
  const durations = Object.fromEntries([...many, ...chain].map((task) => [task.id, 100]));
  return simulation([...many, ...chain], durations, 3);
}

/** Numbers that look random and are always the same. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
}

function layered(seed: number): Simulation {
  const next = numbers(seed);
  const durations: Record<string, number> = {};
  const tasks = Array.from({ length: 8 }, (_, layer) =>
    Array.from({ length: 12 }, (_, n) => {
      const name = `t${layer}x${n}`;
      durations[name] = 10 + Math.floor(next() * next() * 400);
      const needs = layer === 0 ? [] : [0, 1].map(() => `t${layer - 1}x${Math.floor(next() * 12)}`);
      return awayTask(name, layer * 12 + n, { needs: [...new Set(needs)] });
    }),
  );
  return simulation(tasks.flat(), durations, 4);
}

describe('in simulated time', () => {
  it('the critical path goes first: a chain beside many short tasks ends as early as it can', () => {
    const run = chainBesideMany();
    expect(lowerBoundMs(run)).toBe(1000);
    expect(simulate(run).makespanMs).toBe(1000);
    expect(fifoMakespanMs(run)).toBe(1600);
  });

  it('random layered graphs stay near the lower bound, and not above first come, first served', () => {
    let ours = 0;
    let fifo = 0;
    for (let seed = 1; seed <= 20; seed += 1) {
      const run = layered(seed);
      const { makespanMs } = simulate(run);
      expect(makespanMs).toBeLessThan(1.3 * lowerBoundMs(run));
      ours += makespanMs;
      fifo += fifoMakespanMs(run);
    }
    expect(ours).toBeLessThan(fifo);
  });

  it('a successor starts before the siblings of what it needs end', () => {
    const tasks = [awayTask('a', 0), awayTask('b', 1), awayTask('after-a', 2, { needs: ['a'] })];
    const { starts } = simulate(simulation(tasks, { a: 10, b: 500, 'after-a': 10 }, 2));
    expect(starts.find((start) => start.task === 'after-a')?.at).toBe(10);
  });

  it('slots of a map end together, whatever the shards take', () => {
    const next = numbers(7);
    const added = shards('c0.m0.0', 200);
    const durations = Object.fromEntries(added.map((shard) => [shard.id, 1 + Math.floor(next() * 60)]));
    const total = added.reduce((sum, shard) => sum + (durations[shard.id] ?? 0), 0);
    const run: Simulation = {
      ...simulation([homeTask('c0', 0)], durations, 4),
      durations: {},
      opens: (task) => (task === 'c0' ? added : []),
      openMs: 3,
      latencyMs: 0.2,
    };
    const { makespanMs, last } = simulate(run);
    expect(last?.type).toBe('finish-run');
    expect(makespanMs).toBeLessThan(total / 4 + 100);
  });

  it('latency is hidden for short tasks', () => {
    const added = shards('c0.m0.0', 20_000);
    const run: Simulation = {
      ...simulation([homeTask('c0', 0)], {}, 2),
      durationOf: (task) => (task === 'c0' ? 0 : 0.05),
      opens: (task) => (task === 'c0' ? added : []),
      latencyMs: 0.3,
      watch: () => undefined,
    };
    expect(simulate(run).makespanMs).toBeLessThan((1.1 * (20_000 * 0.05)) / 2);
  });
});
