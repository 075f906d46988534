import { describe, expect, test } from 'vitest';
import type { CellOutput } from '@cellfarm/protocol';
import { compareRuns } from '../src/verify/compare.js';
import type { PlayedNotebook } from '../src/verify/compare.js';

const stdout = (text: string): CellOutput => ({ output_type: 'stream', name: 'stdout', text });
const stderr = (text: string): CellOutput => ({ output_type: 'stream', name: 'stderr', text });
const result = (text: string): CellOutput => ({
  output_type: 'execute_result',
  data: { 'text/plain': text },
  metadata: {},
  execution_count: 1,
});

function played(outputs: readonly CellOutput[], digests: Record<string, string | null> = {}): PlayedNotebook {
  const variables = Object.fromEntries(
    Object.entries(digests).map(([name, digest]) => [name, { type: 'int', digest }]),
  );
  return {
    cells: [{ cell_type: 'markdown' }, { cell_type: 'code', execution_count: 1, outputs }],
    variables,
  };
}
const differences = (a: PlayedNotebook, b: PlayedNotebook): string[] =>
  compareRuns(a, b).map(({ cell, what }) => `${cell ?? '-'} ${what}`);

describe('two runs of a notebook', () => {
  test('are equal however their text was cut and interleaved between the streams', () => {
    const one = played([stdout('a'), stderr('x'), stdout('b')]);
    const other = played([stderr('x'), stdout('ab')]);
    expect(differences(one, other)).toEqual([]);
  });

  test('are equal but for addresses, ids and the process in file names', () => {
    const one = played([result('<A at 0x7f0011223344>, /tmp/ipykernel_12/345.py')]);
    const other = played([result('<A at 0x7faabbccddee>, /tmp/ipykernel_99/345.py')]);
    expect(differences(one, other)).toEqual([]);
  });

  test('differ where text, order or kind of an output differs', () => {
    expect(differences(played([stdout('a')]), played([stdout('b')]))).toEqual(['1 output 1']);
    expect(differences(played([stdout('a')]), played([stderr('a')]))).toEqual(['1 output 1']);
    expect(differences(played([stdout('a'), result('1')]), played([result('1'), stdout('a')]))).toEqual([
      '1 output 1',
    ]);
    expect(differences(played([stdout('a')]), played([]))).toEqual(['1 output 1']);
  });

  test('differ where a variable is another, is missing or is one too many', () => {
    const one = played([], { same: 'd', other: 'd', missing: 'd' });
    const two = played([], { same: 'd', other: 'e', more: 'd' });
    expect(differences(one, two)).toEqual(['- variable missing', '- variable more', '- variable other']);
  });

  test('have no variables to compare when the notebook ended its kernel', () => {
    expect(differences({ ...played([]), variables: null }, played([], { x: 'd' }))).toEqual([]);
  });
});
