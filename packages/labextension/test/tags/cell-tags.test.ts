import { expect, test } from 'vitest';
import { NO_TAGS, Tags } from '@cellfarm/protocol';
import { effectiveTags, isTagged, mergeTags, readTags, withField } from '../../src/tags/cell-tags.js';
import { checkField } from '../../src/tags/check-field.js';
import { words } from '../words.js';

test('what is written is what the protocol reads', () => {
  let metadata: unknown = null;
  metadata = withField(metadata, 'role', 'map');
  metadata = withField(metadata, 'gpus', '1');
  metadata = withField(metadata, 'memory', '8GiB');
  expect(Tags.parse(metadata)).toEqual({ ...NO_TAGS, role: 'map', resources: { gpus: 1, memory: '8GiB' } });
});

test('the last field that is taken away takes the key with it', () => {
  const tagged = withField(null, 'cpus', '2');
  expect(withField(tagged, 'cpus', '')).toBeNull();
  expect(withField({ version: 1, role: 'map' }, 'role', 'auto')).toBeNull();
});

test('keys of a newer version stay as they were', () => {
  expect(withField({ version: 1, later: true, role: 'map' }, 'role', 'train')).toEqual({
    version: 1,
    later: true,
    role: 'train',
  });
});

test('a cell without tags, or with auto alone, is not tagged', () => {
  expect(isTagged(undefined)).toBe(false);
  expect(isTagged({ version: 1, role: 'auto' })).toBe(false);
  expect(isTagged({ version: 1, resources: { cpus: 2 } })).toBe(true);
});

test('unequal values of several cells are mixed and named', () => {
  const merged = mergeTags([readTags({ role: 'load' }), readTags({ role: 'map', target: 'slurm' })]);
  expect(merged.role).toEqual({ kind: 'mixed', texts: ['load', 'map'] });
  expect(merged.target).toEqual({ kind: 'mixed', texts: ['auto', 'slurm'] });
  expect(merged.cpus).toEqual({ kind: 'same', text: '' });
});

test('what a first line says overrules the metadata field by field', () => {
  const firstLine = readTags({ role: 'reduce' });
  expect(effectiveTags({ role: 'map', target: 'slurm' }, firstLine)).toMatchObject({
    role: 'reduce',
    target: 'slurm',
  });
});

test.each([
  ['memory', '8 GB each', false],
  ['memory', '8GiB', true],
  ['timeout', '30m', true],
  ['timeout', 'soon', false],
  ['cpus', '0', false],
  ['cpus', '0.5', true],
  ['gpus', '-1', false],
  ['retries', '2.5', false],
  ['target', 'Big Cluster', false],
  ['memory', '', true],
] as const)('%s "%s" can stand: %s', (field, text, stands) => {
  expect(checkField(field, text, words) === null).toBe(stands);
});
