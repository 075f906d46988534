import { describe, expect, test } from 'vitest';
import { CellOutputs } from '../src/cell-outputs.js';
import type { OutputMeta } from '../src/worker-messages.js';

type Message = Omit<OutputMeta, 'cell'>;
const text = (content: string, name = 'stdout'): Message => ({
  type: 'stream',
  content: { name, text: content },
});
const shown = (value: string, id?: string): Message => ({
  type: 'display_data',
  content: {
    data: { 'text/plain': value },
    metadata: {},
    transient: id === undefined ? {} : { display_id: id },
  },
});
const clear = (wait: boolean): Message => ({ type: 'clear_output', content: { wait } });

function after(...messages: Message[]): unknown[] {
  const outputs = new CellOutputs();
  for (const message of messages) outputs.add(0, message);
  return outputs
    .of(0)
    .map((output) =>
      'data' in output
        ? output.data['text/plain']
        : output.output_type === 'stream'
          ? `${output.name}: ${output.text}`
          : output,
    );
}

describe('the outputs of a cell', () => {
  test('join adjacent text of one stream and keep two streams apart', () => {
    expect(after(text('a'), text('b'), text('c', 'stderr'), text('d'))).toEqual([
      'stdout: ab',
      'stderr: c',
      'stdout: d',
    ]);
  });

  test('are gone after clear_output', () => {
    expect(after(text('a'), clear(false), text('b'))).toEqual(['stdout: b']);
  });

  test('stay until the next output when clear_output waits', () => {
    expect(after(text('a'), clear(true))).toEqual(['stdout: a']);
    expect(after(text('a'), clear(true), text('b'))).toEqual(['stdout: b']);
  });

  test('change where a display is updated by its id, also in another cell', () => {
    const outputs = new CellOutputs();
    outputs.add(0, shown('first', 'd'));
    outputs.add(1, {
      type: 'update_display_data',
      content: { data: { 'text/plain': 'second' }, transient: { display_id: 'd' } },
    });
    expect(outputs.of(0)).toMatchObject([{ data: { 'text/plain': 'second' } }]);
    expect(outputs.of(1)).toEqual([]);
  });

  test('keep an error whole', () => {
    const error = { ename: 'ValueError', evalue: 'no', traceback: ['line 1'] };
    expect(after({ type: 'error', content: error })).toEqual([{ output_type: 'error', ...error }]);
  });

  test('are void when the cell is played again', () => {
    const outputs = new CellOutputs();
    outputs.add(0, text('a'));
    outputs.reset(0);
    expect(outputs.of(0)).toEqual([]);
  });
});
