import { describe, expect, test } from 'vitest';
import { labArguments } from '../setup/lab.mjs';
import { root } from '../setup/paths.mjs';

describe('JupyterLab as npm start opens it', () => {
  test('shows the example, below the checkout', () => {
    const words = labArguments([], false);
    expect(words.slice(0, 2)).toEqual(['-m', 'jupyterlab']);
    expect(words).toContain(`--ServerApp.root_dir=${root}`);
    expect(words).toContain('--LabApp.default_url=/lab/tree/examples/digits.ipynb');
  });

  test('takes what the user adds last, so that it wins', () => {
    expect(labArguments(['--port=9000'], false).at(-1)).toBe('--port=9000');
  });

  test('may be started by root, which Jupyter refuses unless it is told', () => {
    expect(labArguments([], true)).toContain('--ServerApp.allow_root=True');
    expect(labArguments([], false)).not.toContain('--ServerApp.allow_root=True');
  });
});
