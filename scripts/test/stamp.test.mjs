import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { digestOf, filesBelow, hasStamp, writeStamp } from '../setup/stamp.mjs';

const folder = () => mkdtempSync(join(tmpdir(), 'stamp-'));

test('a digest changes with the bytes of a file, and when a file appears', () => {
  const file = join(folder(), 'a.txt');
  const absent = digestOf([file]);
  writeFileSync(file, 'one');
  const one = digestOf([file]);
  writeFileSync(file, 'two');
  expect(new Set([absent, one, digestOf([file])]).size).toBe(3);
});

test('files below a folder come sorted, from all depths, and only those asked for', () => {
  const top = folder();
  mkdirSync(join(top, 'b'));
  for (const file of ['b/x.ts', 'a.ts', 'c.txt']) writeFileSync(join(top, file), '');
  expect(filesBelow(top, (name) => name.endsWith('.ts'))).toEqual([join(top, 'a.ts'), join(top, 'b/x.ts')]);
  expect(filesBelow(join(top, 'nowhere'), () => true)).toEqual([]);
});

test('a stamp holds for the digest that it was written with, and for no other', () => {
  const file = join(folder(), 'deep', 'stamp');
  expect(hasStamp(file, 'x')).toBe(false);
  writeStamp(file, 'x');
  expect(hasStamp(file, 'x')).toBe(true);
  expect(hasStamp(file, 'y')).toBe(false);
});
