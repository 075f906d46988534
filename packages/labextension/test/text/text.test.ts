import { expect, test } from 'vitest';
import { duration } from '../../src/text/duration.js';
import { nameList, plainName } from '../../src/text/names.js';
import { size } from '../../src/text/size.js';
import { words } from '../words.js';

test.each([
  [41, '41 ms'],
  [320, '0.3 s'],
  [9_940, '9.9 s'],
  [11_200, '11 s'],
  [171_000, '2m 51s'],
  [3_840_000, '1h 04m'],
])('%d ms is %s', (ms, text) => expect(duration(ms)).toBe(text));

test.each([
  [96, '96 B'],
  [3_100, '3.1 kB'],
  [188_000_000, '188 MB'],
])('%d bytes are %s', (bytes, text) => expect(size(bytes)).toBe(text));

test('three names, then how many more', () => {
  expect(nameList(['a', 'b', 'c', 'd', 'e'], words)).toBe('a, b, c and 2 more');
  expect(plainName('scores@12')).toBe('scores');
});
