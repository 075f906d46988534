// What is said of a difference that comes from chance: the calls that the differing cells and variables depend on.
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { chanceCalls, compile, parseNotebook } from '@cellfarm/compiler';
import { explain } from '../src/verify/explain.js';
import { toNotebook } from './notebooks/to-notebook.js';

function explained(text: string, differs: { cell: number } | { variable: string }): string[] {
  const sha256 = (given: string): string => createHash('sha256').update(given).digest('hex');
  const { snapshot } = parseNotebook('a.ipynb', toNotebook(text), { sha256, targets: ['auto', 'local'] });
  if (!snapshot) throw new Error('the notebook was refused');
  const difference = { cell: null, variable: null, what: '', sequential: '', distributed: '', ...differs };
  return explain([difference], compile(snapshot).graph, chanceCalls(snapshot));
}

const NOTEBOOK = `# %%
import random, time
import numpy as np
# %%
noise = np.random.rand(3)
# %%
def draw():
    return random.random()
# %%
total = noise.sum() + 1
# %%
drawn = draw()
# %%
fixed = 1
# %%
began = time.time()
`;

describe('a difference', () => {
  test('is followed to the draw that its value comes from', () => {
    expect(explained(NOTEBOOK, { variable: 'total' })).toEqual([
      'cell 1, line 1: numpy.random.rand draws random numbers without a seed',
    ]);
  });

  test('is followed into the function that draws', () => {
    expect(explained(NOTEBOOK, { cell: 4 })).toEqual([
      'cell 2, line 2: random.random draws random numbers without a seed',
    ]);
  });

  test('of a time is told as such', () => {
    expect(explained(NOTEBOOK, { variable: 'began' })).toEqual(['cell 6, line 1: time.time reads the time']);
  });

  test('of something that depends on no chance is not explained', () => {
    expect(explained(NOTEBOOK, { variable: 'fixed' })).toEqual([]);
  });
});
