import { expect, test } from 'vitest';
import type { RunEventBody } from '@cellfarm/protocol';
import { cellNote } from '../../src/cells/cell-note.js';
import { chipView } from '../../src/cells/chip-view.js';
import { cellNodes } from '../../src/run/cell-nodes.js';
import { cells, ended, events, opened, started, task, viewOf } from '../runs.js';
import { words } from '../words.js';

function notes(bodies: readonly RunEventBody[]) {
  const view = viewOf(events([started, ...bodies]));
  const nodes = cellNodes(cells, view, 2000);
  return nodes.map((node) => cellNote(node, nodes, view, words));
}

test('a map tells how far it is, a cell that simply ran says nothing', () => {
  const [settings, sweep, best] = notes([
    task('c1', 'home'),
    ended('c1', 'home'),
    task('c2', 'home'),
    opened('c2.m0', 4),
    task('c2.m0.0/0', 'w0'),
    ended('c2.m0.0/0', 'w0'),
  ]);
  expect(settings).toBeNull();
  expect(best).toBeNull();
  expect(sweep).toMatchObject({ kind: 'progress', text: '1 of 4 done, 3 queued' });
});

test('an error is told at its cell and line; later cells say that they did not run', () => {
  const error = {
    code: 'C4001',
    name: 'cell-raised',
    message: 'the cell raised ZeroDivisionError: division by zero',
    hint: 'Look at the line',
    cell: 1,
    line: 3,
  } as const;
  const [settings, sweep] = notes([
    task('c1', 'home'),
    { type: 'cell.started', cell: 1, executionCount: 1 },
    { type: 'cell.finished', cell: 1, state: 'error', durationMs: 3 },
    { type: 'run.finished', state: 'raised', error },
  ]);
  expect(settings).toMatchObject({
    kind: 'error',
    where: 'Cell [1], line 3',
    title: 'ZeroDivisionError: division by zero',
  });
  expect(sweep).toMatchObject({
    kind: 'quiet',
    state: 'not-run',
    text: 'Not run. Cell [1] failed before it, as in Restart & Run All.',
  });
});

test('no tag, no chip; a run adds how the cell stands', () => {
  const nodes = cellNodes(cells, viewOf(events([started])), 2000);
  expect(chipView(undefined, [], nodes[0] ?? null, words, 2000)).toBeNull();
  expect(chipView({ role: 'map' }, [], nodes[2] ?? null, words, 2000)).toMatchObject({
    role: 'map',
    target: 'auto',
    stateText: 'Waiting for scores',
  });
});
