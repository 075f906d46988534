// The example notebook: a map of eight elements that take about a second each, and a reduce. Needs nothing but Python.
import type * as nbformat from '@jupyterlab/nbformat';

const CELLS: readonly { readonly id: string; readonly role: string | null; readonly source: string }[] = [
  {
    id: 'count-primes',
    role: null,
    source: [
      '# Count primes',
      'def primes_below(limit):',
      '    return sum(all(n % d for d in range(2, int(n**0.5) + 1)) for n in range(2, limit))',
    ].join('\n'),
  },
  { id: 'limits', role: null, source: '# Limits\nlimits = range(150_000, 310_000, 20_000)\nlen(limits)' },
  {
    id: 'each-limit',
    role: 'map',
    source: '# Each limit on its own\ncounts = [primes_below(limit) for limit in limits]',
  },
  {
    id: 'together',
    role: 'reduce',
    source: '# Together\nprint("primes:", dict(zip(limits, counts)))\nmax(counts)',
  },
];

export function exampleNotebook(): nbformat.INotebookContent {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' } },
    cells: [
      {
        cell_type: 'markdown',
        id: 'intro',
        metadata: {},
        source:
          '# cellfarm in ten seconds\n\nPress **Distribute** in the toolbar and read the plan. The cell with the role `map` leaves home: its elements run side by side.',
      },
      ...CELLS.map(({ id, role, source }) => ({
        cell_type: 'code' as const,
        id,
        metadata: role === null ? {} : { cellfarm: { version: 1, role } },
        execution_count: null,
        outputs: [],
        source,
      })),
    ],
  };
}
