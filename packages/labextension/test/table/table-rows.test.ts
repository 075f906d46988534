import { expect, test } from 'vitest';
import { cellNodes } from '../../src/run/cell-nodes.js';
import { tableRows } from '../../src/table/table-rows.js';
import { cells, ended, events, opened, started, task, viewOf } from '../runs.js';
import { words } from '../words.js';

const view = viewOf(
  events([
    started,
    task('c1', 'home'),
    ended('c1', 'home'),
    task('c2', 'home'),
    opened('c2.m0', 3),
    task('c2.m0.0/0', 'w0'),
    ended('c2.m0.0/0', 'w0'),
    task('c2.m0.0/2', 'w0'),
  ]),
);
const nodes = cellNodes(cells, view, 2000);
const all = { filter: '', state: null, opened: new Set<number>() };

test('the table says the same as the graph', () => {
  expect(
    tableRows(nodes, all, words, 2000).map(({ name, place, word, progress }) => [
      name,
      place,
      word,
      progress,
    ]),
  ).toEqual([
    ['1 Settings', 'Home', 'Done', ''],
    ['2 Sweep', 'This machine', 'Running', '1 of 3'],
    ['3 Best', 'Home', 'Waiting', ''],
  ]);
});

test('an opened map shows its shards, what needs a look first', () => {
  const rows = tableRows(nodes, { ...all, opened: new Set([2]) }, words, 2000);
  expect(rows.filter(({ shard }) => shard !== null).map(({ name }) => name)).toEqual([
    'Shard 3',
    'Shard 2',
    'Shard 1',
  ]);
});

test('a filter and a state narrow it down', () => {
  expect(tableRows(nodes, { ...all, filter: 'sweep' }, words, 2000)).toHaveLength(1);
  expect(tableRows(nodes, { ...all, state: 'waiting' }, words, 2000).map(({ name }) => name)).toEqual([
    '3 Best',
  ]);
});
