import { describe, expect, it } from 'vitest';
import { chanceCalls } from '../src/index.js';
import { notebookText, read } from './support/notebooks.js';

function found(cells: readonly string[]): string[] {
  const { snapshot } = read(notebookText(cells));
  if (!snapshot) throw new Error('the notebook was refused');
  return chanceCalls(snapshot).map(({ cell, line, called, kind }) => `${cell}:${line} ${called} ${kind}`);
}

describe('calls of chance', () => {
  it.each([
    ['random numbers', 'import random\nx = 1\nrandom.random()', '0:3 random.random random'],
    ["numpy's", 'import numpy as np\nnp.random.rand(3)', '0:2 numpy.random.rand random'],
    ['a name from a module', 'from numpy.random import rand as r\nr()', '0:2 numpy.random.rand random'],
    [
      'a generator without a seed',
      'import numpy as np\ng = np.random.default_rng()',
      '0:2 numpy.random.default_rng random',
    ],
    [
      'a seed that is none',
      'import numpy as np\ng = np.random.default_rng(None)',
      '0:2 numpy.random.default_rng random',
    ],
    ['ids', 'import uuid\nuuid.uuid4()', '0:2 uuid.uuid4 id'],
    ['time', 'import time\nt = time.time()', '0:2 time.time time'],
    ['dates', 'from datetime import datetime\ndatetime.now()', '0:2 datetime.datetime.now time'],
    ['processes', 'import os\nos.getpid()', '0:2 os.getpid process'],
    [
      'a function that is called later',
      'import random\ndef f():\n  return random.gauss(0, 1)',
      '0:3 random.gauss random',
    ],
  ])('are %s', (_name, cell, expected) => {
    expect(found([cell])).toEqual([expected]);
  });

  it.each([
    ['after a seed', ['import random\nrandom.seed(1)\nrandom.random()']],
    ['after a seed in an earlier cell', ['import numpy as np\nnp.random.seed(0)', 'np.random.rand()']],
    [
      'in a function of a notebook that seeds',
      ['import random\ndef f(): return random.random()', 'random.seed(1)\nf()'],
    ],
    ['from a generator with a seed', ['import numpy as np\ng = np.random.default_rng(7)\ng.normal()']],
    [
      'of another library of that name',
      ['class random:\n  random = staticmethod(lambda: 1)\nrandom.random()'],
    ],
  ])('are no draws %s', (_name, cells) => {
    expect(found(cells)).toEqual([]);
  });

  it('are draws before the seed', () => {
    expect(found(['import random\nrandom.random()', 'random.seed(1)\nrandom.random()'])).toEqual([
      '0:2 random.random random',
    ]);
  });
});
