import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CATALOGUE, CellfarmError } from '../src/errors.js';
import { parseDuration, parseSize } from '../src/units.js';
import { Tags } from '../src/tags.js';

describe('sizes and durations', () => {
  test.each([
    ['8GiB', 2 ** 33],
    ['1.5 GB', 1.5e9],
    ['512MiB', 2 ** 29],
  ])('%s is a size', (words, bytes) => {
    expect(parseSize(words)).toBe(bytes);
  });

  test.each(['10 GiBB', '10 GiB ish', '-1', '1e999GB', '٤GB', '', '0B', '10'])('%j is no size', (words) => {
    expect(parseSize(words)).toBeNull();
  });

  test.each([
    ['30m', 1_800_000],
    ['1.5h', 5_400_000],
    ['250ms', 250],
  ])('%s is a duration', (words, ms) => {
    expect(parseDuration(words)).toBe(ms);
  });

  test.each(['30', 'm', '-1s', '1 year', '0s'])('%j is no duration', (words) => {
    expect(parseDuration(words)).toBeNull();
  });
});

describe('tags', () => {
  test('have a default for everything', () => {
    expect(Tags.parse({})).toEqual({ version: 1, role: 'auto', target: 'auto', resources: {} });
  });

  test.each([
    { role: 'mapp' },
    { target: '--privileged' },
    { target: '../x' },
    { resources: { gpus: -1 } },
    { resources: { gpus: 0.5 } },
    { resources: { retries: 1e9 } },
    { state: 'running' },
  ])('refuse %j', (tags) => {
    expect(Tags.safeParse(tags).success).toBe(false);
  });
});

describe('the error catalogue', () => {
  const page = readFileSync(join(import.meta.dirname, '..', 'ERRORS.md'), 'utf8');

  test('is documented code by code, and nothing else is', () => {
    const documented = [...page.matchAll(/^\| (C\d{4}) \|/gm)].map((match) => match[1]);
    expect(documented).toEqual(Object.keys(CATALOGUE));
  });

  test('fills the fields of message and hint, and keeps the cause', () => {
    const cause = new Error('why');
    const error = new CellfarmError('C1101', { value: 'mapp', allowed: 'map' }, { cell: 3, cause });
    expect(error.report).toMatchObject({
      code: 'C1101',
      message: 'unknown role "mapp"',
      hint: 'Roles are: map.',
      cell: 3,
      line: null,
    });
    expect(error.cause).toBe(cause);
    expect(error.exit).toBe(2);
  });

  test('survives the wire unchanged', () => {
    const { report } = new CellfarmError(
      'C4001',
      { ename: 'ValueError', evalue: 'no' },
      { cell: 1, line: 2 },
    );
    expect(CellfarmError.from(report).report).toEqual(report);
    expect(CellfarmError.from(report).exit).toBe(1);
  });
});
