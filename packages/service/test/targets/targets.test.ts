import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CellfarmError, TargetName } from '@cellfarm/protocol';
import type { TaskGraph } from '@cellfarm/protocol';
import { knownTargets } from '../../src/targets/named-targets.js';
import { requireTargets } from '../../src/targets/require-targets.js';

const target = (name: string): TargetName => TargetName.parse(name);
function graphFor(name: string): TaskGraph {
  return {
    tasks: [
      { target: target('auto'), cells: [0] },
      { target: target(name), cells: [2] },
    ],
  } as unknown as TaskGraph;
}
function refusal(act: () => void): CellfarmError | null {
  try {
    act();
    return null;
  } catch (thrown) {
    if (thrown instanceof CellfarmError) return thrown;
    throw thrown;
  }
}

describe('a target that a tag names', () => {
  test('is served where an agent takes its work', () => {
    expect(
      refusal(() => requireTargets(graphFor('big'), target('auto'), [{ targets: [target('big')] }])),
    ).toBeNull();
  });

  test('is refused with its cell where nobody does', () => {
    const error = refusal(() => requireTargets(graphFor('big'), target('auto'), []));
    expect(error?.report).toMatchObject({ code: 'C1105', cell: 2 });
    expect(error?.message).toContain('no agent');
  });

  test('waits for an answer while agents are not known', () => {
    expect(refusal(() => requireTargets(graphFor('big'), target('auto'), null))).toBeNull();
  });

  test('is refused at once where no backend exists', () => {
    expect(refusal(() => requireTargets(graphFor('slurm'), target('auto'), null))?.code).toBe('C1105');
  });
});

describe('cellfarm.config.json beside the notebook', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cellfarm-config-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const write = (text: string): void => writeFileSync(join(folder, 'cellfarm.config.json'), text);
  const known = (): string[] => knownTargets(join(folder, 'a.ipynb'));

  test('adds its targets to those that every installation knows', () => {
    write('{"targets": {"gpu-box": {"backend": "docker", "image": "x"}}}');
    expect(known()).toEqual(['auto', 'local', 'docker', 'kubernetes', 'slurm', 'gpu-box']);
  });

  test('need not be there', () => {
    expect(known()).toHaveLength(5);
  });

  test.each([
    '{',
    '[]',
    '{"targets": {"a b": {"backend": "local"}}}',
    '{"targets": {"a": {"backend": "cloud"}}}',
    '{"else": 1}',
  ])('is refused with its path when it reads %s', (text) => {
    write(text);
    const error = refusal(known);
    expect(error?.code).toBe('C1201');
    expect(error?.message).toContain('cellfarm.config.json');
  });
});
