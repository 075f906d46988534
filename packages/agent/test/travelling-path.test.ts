// The folder that goes onto the import path of the notebook's Python.
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeTravellingPath } from '@cellfarm/agent';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

describe('the travelling path', () => {
  let root: string;
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'cf-path-')));
    mkdirSync(join(root, 'one/cellfarm'), { recursive: true });
    mkdirSync(join(root, 'two/cellfarm'), { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('holds the package cellfarm and nothing else', async () => {
    const path = await makeTravellingPath(root, join(root, 'one/cellfarm'));
    expect(readdirSync(path)).toEqual(['cellfarm']);
    expect(realpathSync(join(path, 'cellfarm'))).toBe(join(root, 'one/cellfarm'));
  });

  it('is the same for the same package, also when made by many at once', async () => {
    const made = await Promise.all(
      Array.from({ length: 8 }, () => makeTravellingPath(root, join(root, 'one/cellfarm'))),
    );
    expect(new Set(made).size).toBe(1);
    const [path = ''] = made;
    expect(readdirSync(path)).toEqual(['cellfarm']);
    expect(readdirSync(dirname(path))).toHaveLength(1);
  });

  it('differs for another installation that shares the home folder', async () => {
    const one = await makeTravellingPath(root, join(root, 'one/cellfarm'));
    expect(await makeTravellingPath(root, join(root, 'two/cellfarm'))).not.toBe(one);
  });

  it('mends a link that leads elsewhere', async () => {
    const path = await makeTravellingPath(root, join(root, 'one/cellfarm'));
    rmSync(join(path, 'cellfarm'));
    symlinkSync('/nowhere', join(path, 'cellfarm'));
    await makeTravellingPath(root, join(root, 'one/cellfarm'));
    expect(realpathSync(join(path, 'cellfarm'))).toBe(join(root, 'one/cellfarm'));
  });
});
