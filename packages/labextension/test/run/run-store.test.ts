import { ObservableDisposableDelegate } from '@lumino/disposable';
import { expect, test } from 'vitest';
import { RunStore } from '../../src/run/run-store.js';
import { FakeService } from '../fake-service.js';
import { words } from '../words.js';

const shown = (): ObservableDisposableDelegate => new ObservableDisposableDelegate(() => undefined);
const store = (): RunStore => new RunStore(new FakeService().client, words);

test('a run is let go of when the last who showed it is gone', () => {
  const runs = store();
  const [panel, notebook] = [shown(), shown()];
  const model = runs.open('r-1');
  runs.keep('r-1', panel);
  runs.attach('a.ipynb', 'r-1', notebook);
  panel.dispose();
  expect(model.isDisposed).toBe(false);
  expect(runs.open('r-1')).toBe(model);
  notebook.dispose();
  expect(model.isDisposed).toBe(true);
  expect(runs.latestOf('a.ipynb')).toBeNull();
});

test('the next run of a notebook takes the place of the one before', () => {
  const runs = store();
  const notebook = shown();
  const first = runs.attach('a.ipynb', 'r-1', notebook);
  const second = runs.attach('a.ipynb', 'r-2', notebook);
  expect(runs.latestOf('a.ipynb')).toBe(second);
  expect(first.isDisposed).toBe(true);
  notebook.dispose();
  expect(second.isDisposed).toBe(true);
});

test('the same run attached again is the same model', () => {
  const runs = store();
  const notebook = shown();
  const model = runs.attach('a.ipynb', 'r-1', notebook);
  expect(runs.attach('a.ipynb', 'r-1', notebook)).toBe(model);
  expect(model.isDisposed).toBe(false);
});

test('a notebook that is renamed keeps its run and says so', () => {
  const runs = store();
  const told: string[] = [];
  const model = runs.attach('a.ipynb', 'r-1', shown());
  runs.attached.connect((_, path) => told.push(path));
  runs.move('a.ipynb', 'b.ipynb');
  expect(runs.latestOf('a.ipynb')).toBeNull();
  expect(runs.latestOf('b.ipynb')).toBe(model);
  expect(told).toEqual(['b.ipynb']);
});
