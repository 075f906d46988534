import { expect, test } from 'vitest';
import { CellOutputs } from '@cellfarm/protocol';
import { outputChange } from '../../src/notebook/output-steps.js';

const text = (said: string) => ({ type: 'stream', content: { name: 'stdout', text: said } }) as const;
const shown = (data: string, id: string) =>
  ({
    type: 'display_data',
    content: { data: { 'text/plain': data }, metadata: {}, transient: { display_id: id } },
  }) as const;

test('text that grows is appended, not drawn anew', () => {
  const outputs = new CellOutputs();
  outputs.add(1, text('a\n'));
  const first = outputChange([], outputs.of(1));
  outputs.add(1, text('b\n'));
  const second = outputChange(first.shown, outputs.of(1));
  expect(second.steps).toEqual([
    { type: 'add', output: { output_type: 'stream', name: 'stdout', text: 'b\n' } },
  ]);
});

test('nothing new is no step', () => {
  const outputs = new CellOutputs();
  outputs.add(1, text('a\n'));
  const { shown: before } = outputChange([], outputs.of(1));
  expect(outputChange(before, outputs.of(1)).steps).toEqual([]);
});

test('an updated display is set in its place', () => {
  const outputs = new CellOutputs();
  outputs.add(1, shown('1 %', 'bar'));
  outputs.add(1, text('x\n'));
  const { shown: before } = outputChange([], outputs.of(1));
  outputs.add(1, { ...shown('2 %', 'bar'), type: 'update_display_data' });
  const { steps } = outputChange(before, outputs.of(1));
  expect(steps).toMatchObject([{ type: 'set', at: 0, output: { data: { 'text/plain': '2 %' } } }]);
});

test('a cell that is played again starts from nothing', () => {
  const outputs = new CellOutputs();
  outputs.add(1, text('old\n'));
  const { shown: before } = outputChange([], outputs.of(1));
  outputs.reset(1);
  outputs.add(1, text('new\n'));
  expect(outputChange(before, outputs.of(1)).steps).toEqual([
    { type: 'clear' },
    { type: 'add', output: { output_type: 'stream', name: 'stdout', text: 'new\n' } },
  ]);
});
