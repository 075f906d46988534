import { expect, test } from 'vitest';
import { decoratorNames, magicOf, setInCode } from '../../src/tags/set-in-code.js';

const names = decoratorNames(['import cellfarm as cf', 'from cellfarm import (map as spread,\n  stage)']);
const said = (source: string) =>
  setInCode(source, names).map(({ by, of, line, tags }) => ({
    by,
    of,
    line,
    ...Object.fromEntries(Object.entries(tags).filter(([, text]) => text !== '')),
  }));

test('a decorator is read with its function, its line and what it says', () => {
  expect(
    said('x = 1\n\n@cf.map(target="docker", cpus=2, gpu_memory="16GiB")\ndef score(item):\n  pass'),
  ).toEqual([
    { by: '@cf.map', of: 'score', line: 3, role: 'map', target: 'docker', cpus: '2', gpuMemory: '16GiB' },
  ]);
});

test.each([
  ['@cf.task(role="train", retries=2)\nasync def fit(): ...', { role: 'train', retries: '2' }],
  ['@spread\ndef f(x): ...', { role: 'map' }],
  ['@stage(\n    timeout="30m",  # long\n)\ndef f(x): ...', { role: 'stage', timeout: '30m' }],
  ['@lru_cache\n@cf.reduce(identity=0)\ndef f(a, b): ...', { role: 'reduce' }],
])('%j says %j', (source, tags) => {
  expect(said(source)).toMatchObject([tags]);
});

test.each([
  ['a decorator of somebody else', '@njit\ndef f(): ...'],
  ['a comment', '# @cf.map\ndef f(): ...'],
  ['a text', 'note = """\n@cf.map\ndef f(): ...\n"""'],
  ['a decorator of a class', '@cf.map\nclass A: ...'],
  ['a name that is no decorator', '@cf.log_metric\ndef f(): ...'],
])('%s says nothing', (_, source) => {
  expect(said(source)).toEqual([]);
});

test('without the import nothing is a decorator of ours', () => {
  expect(setInCode('@cf.map\ndef f(): ...', decoratorNames(['import codefarm as cf']))).toEqual([]);
});

test('a first line that declares tags is read, and only the first', () => {
  expect(magicOf('%%cellfarm role=reduce target="slurm" gpus=1\nx = 1')).toMatchObject({
    by: '%%cellfarm',
    of: null,
    line: 1,
    tags: { role: 'reduce', target: 'slurm', gpus: '1' },
  });
  expect(magicOf('\n%%cellfarm role=map')).toMatchObject({ line: 2 });
  expect(magicOf('x = 1\n%%cellfarm role=map')).toBeNull();
  expect(magicOf('%%cellfarmer role=map')).toBeNull();
});
