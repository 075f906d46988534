// The executed notebook: played cells get outputs and counts, all else stays as the user has it.
import { describe, expect, test } from 'vitest';
import { applyEvent, emptyRunView } from '@cellfarm/protocol';
import type { RunEvent, RunEventBody, RunView } from '@cellfarm/protocol';
import { executedNotebook } from '../../src/run/executed-notebook.js';

const SOURCE = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: {
    kernelspec: { name: 'mine', display_name: 'Mine' },
    custom: { deep: [1, 2] },
    language_info: { name: 'python', pygments_lexer: 'mine' },
  },
  cells: [
    { cell_type: 'markdown', id: 'm', metadata: {}, source: ['# title\n', 'text'] },
    {
      cell_type: 'code',
      id: 'a',
      metadata: { tags: ['x'] },
      source: ['1\n', '2'],
      outputs: [{ output_type: 'stream', name: 'stdout', text: 'old' }],
      execution_count: 9,
    },
    {
      cell_type: 'code',
      id: 'b',
      metadata: {},
      source: 'later',
      outputs: [{ output_type: 'stream', name: 'stdout', text: 'kept' }],
      execution_count: 8,
    },
  ],
};

function viewOf(bodies: readonly RunEventBody[]): RunView {
  const view = emptyRunView();
  bodies.forEach((body, index) =>
    applyEvent(view, { seq: index + 1, time: 0, run: 'r', ...body } as unknown as RunEvent),
  );
  return view;
}

const data = {
  'text/plain': 'a\nb',
  'image/png': 'AAAA',
  'application/json': { a: 1 },
  'application/vnd.x+json': '{"a": 1}',
};
const played = viewOf([
  { type: 'cell.started', cell: 1, executionCount: 1 },
  { type: 'cell.output', cell: 1, output: { type: 'stream', content: { name: 'stdout', text: 'one\ntwo' } } },
  {
    type: 'cell.output',
    cell: 1,
    output: { type: 'execute_result', content: { data, metadata: {}, execution_count: 1 } },
  },
  { type: 'cell.finished', cell: 1, state: 'ok', durationMs: 1 },
]);

function execute(text: string, beyond: ReadonlySet<number> = new Set()): typeof SOURCE {
  return JSON.parse(
    executedNotebook(text, { view: played, beyond, pythonVersion: '3.12.1' }),
  ) as typeof SOURCE;
}

describe('the executed notebook', () => {
  test('has the outputs of played cells as nbformat writes them', () => {
    const cell = execute(JSON.stringify(SOURCE)).cells[1];
    expect(cell).toMatchObject({ execution_count: 1, source: ['1\n', '2'], metadata: { tags: ['x'] } });
    expect(cell?.outputs).toEqual([
      { output_type: 'stream', name: 'stdout', text: ['one\n', 'two'] },
      {
        output_type: 'execute_result',
        data: {
          'text/plain': ['a\n', 'b'],
          'image/png': ['AAAA'],
          'application/json': { a: 1 },
          'application/vnd.x+json': '{"a": 1}',
        },
        metadata: {},
        execution_count: 1,
      },
    ]);
  });

  test('leaves every other cell and all metadata as they were', () => {
    const executed = execute(JSON.stringify(SOURCE));
    expect(executed.cells[0]).toEqual(SOURCE.cells[0]);
    expect(executed.cells[2]).toEqual(SOURCE.cells[2]);
    expect(executed.metadata).toMatchObject({
      kernelspec: SOURCE.metadata.kernelspec,
      custom: { deep: [1, 2] },
    });
    expect(executed.metadata.language_info).toMatchObject({
      name: 'python',
      pygments_lexer: 'mine',
      version: '3.12.1',
    });
  });

  test('takes cells beyond the end of the run as not played', () => {
    expect(execute(JSON.stringify(SOURCE), new Set([1])).cells[1]).toEqual(SOURCE.cells[1]);
  });

  test('reads a file that begins with a byte order mark', () => {
    expect(execute(`\ufeff${JSON.stringify(SOURCE)}`).cells[1]?.execution_count).toBe(1);
  });
});
