// What the run journal costs: microseconds a row for pairs of task.started and task.finished, with and without a
// committed result for each, and the time from a write to its call back for one event a turn. Prints JSON.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRunJournal } from '../../packages/service/lib/journal/sqlite-run-journal.js';

const PAIRS = 100_000;
const PAIRS_A_TURN = 200;
const HOPS = 2_000;
const run = 'r-00000000000000aa';
const folder = mkdtempSync(join(tmpdir(), 'cellfarm-bench-'));

function openWithRun(name) {
  const journal = openRunJournal({ path: join(folder, `${name}.db`), instance: 'bench' });
  journal.openRun({ run, notebook: '/n.ipynb', digest: 'd', text: '{}', options: {}, startedAt: Date.now() });
  journal.grant(run, 'w1', 1);
  return journal;
}

async function pairs(name, withResults) {
  const journal = openWithRun(name);
  const key = { task: 'c3.m0', occurrence: 0, count: PAIRS, inputs: 'digest', home: 1 };
  const bytes = new Uint8Array(40);
  const began = performance.now();
  for (let at = 0; at < PAIRS; at += PAIRS_A_TURN) {
    for (let i = at; i < at + PAIRS_A_TURN; i += 1) {
      const task = `c3.m0.0/${i}`;
      const time = Date.now();
      journal.append(run, { type: 'task.started', task, attempt: 1, worker: 'w1', host: 'host' }, time);
      if (withResults) {
        const value = { type: 'inline', bytes };
        journal.commitResult(run, key, {
          start: i,
          stop: i + 1,
          slot: 'w1',
          epoch: 1,
          status: 0,
          durationMs: 0.01,
          value,
        });
      }
      journal.append(
        run,
        { type: 'task.finished', task, attempt: 1, worker: 'w1', durationMs: 0.01, cached: false },
        time,
      );
    }
    await new Promise((resolve) => journal.afterCommit(resolve));
  }
  const ms = performance.now() - began;
  journal.close();
  return { pairsPerSecond: Math.round((PAIRS / ms) * 1000), microsecondsAPair: round((ms / PAIRS) * 1000) };
}

async function roundTrips() {
  const journal = openWithRun('hops');
  const times = [];
  for (let i = 0; i < HOPS; i += 1) {
    const began = performance.now();
    journal.append(run, { type: 'cell.started', cell: i, executionCount: i + 1 }, Date.now());
    await new Promise((resolve) => journal.afterCommit(resolve));
    times.push(performance.now() - began);
  }
  journal.close();
  times.sort((a, b) => a - b);
  return { p50Ms: round(times[HOPS / 2]), p99Ms: round(times[Math.floor(HOPS * 0.99)]) };
}

function openTime() {
  const began = performance.now();
  const journal = openRunJournal({ path: join(folder, 'open.db'), instance: 'bench' });
  const created = performance.now() - began;
  journal.close();
  return { createMs: round(created) };
}

function round(value) {
  return Math.round(value * 1000) / 1000;
}

try {
  const result = {
    pairs: await pairs('pairs', false),
    pairsWithResults: await pairs('results', true),
    roundTrip: await roundTrips(),
    open: openTime(),
  };
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
