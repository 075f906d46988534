import { expect, test } from 'vitest';
import { chipView } from '../../src/cells/chip-view.js';
import { decoratorNames, setInCode } from '../../src/tags/set-in-code.js';
import { words } from '../words.js';

const names = decoratorNames(['import cellfarm as cf']);
const chip = (metadata: unknown, source: string) =>
  chipView(metadata, setInCode(source, names), null, words, 0);

test('no tag, no chip', () => {
  expect(chip(undefined, 'x = 1')).toBeNull();
});

test('a decorated function has a chip that says where it is set', () => {
  expect(chip(undefined, '@cf.map(target="docker")\ndef f(x): ...')).toMatchObject({
    role: 'map',
    target: 'docker',
    icon: 'docker',
    inCode: 'Set in code: @cf.map, line 1',
  });
});

test('functions that are marked differently are all named', () => {
  expect(chip(undefined, '@cf.map\ndef f(x): ...\n@cf.reduce\ndef g(a, b): ...')?.role).toBe('map, reduce');
});

test('tags of the cell itself go before those of its functions', () => {
  expect(chip({ version: 1, role: 'local' }, '@cf.map\ndef f(x): ...')).toMatchObject({
    role: 'local',
    inCode: '',
  });
});

test('a first line overrules the metadata', () => {
  expect(chip({ role: 'map', target: 'slurm' }, '%%cellfarm role=train')).toMatchObject({
    role: 'train',
    target: 'slurm',
    inCode: 'Set in code: %%cellfarm, line 1',
  });
});
