// The bundled program: a start loads what its command uses and no more, and the wheel carries all parts.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repository } from './helpers/command.js';

const dist = join(repository, 'dist');

/** Files that are loaded with these, by imports that do not wait for a command; with their sizes. */
function loadedWith(files: readonly string[]): Map<string, number> {
  const found = new Map<string, number>();
  const load = (path: string): void => {
    if (found.has(path)) return;
    const text = readFileSync(path, 'utf8');
    found.set(path, text.length);
    for (const [, file = ''] of text.matchAll(/^(?:import|\} from|import .* from) "(\.{1,2}\/[^"]+)";$/gm))
      load(join(dirname(path), file));
  };
  for (const file of files) load(file);
  return found;
}

/** The part that `from` loads when it needs the module; parts of earlier builds may lie beside it. */
function partOf(module: string, from: string): string {
  const name = new RegExp(`import\\("(\\./(?:chunks/)?${module}-\\w+\\.mjs)"\\)`).exec(
    readFileSync(from, 'utf8'),
  )?.[1];
  if (name === undefined) throw new Error(`${from} does not load ${module}`);
  return join(dirname(from), name);
}

const bundle = join(dist, 'cellfarm.mjs');
const program = partOf('program', bundle);

/** Characters of a part and of all that is loaded with it. */
function sizeOf(part: string): number {
  return [...loadedWith([part]).values()].reduce((sum, size) => sum + size, 0);
}

describe('the bundle', () => {
  test('starts with the words of the command and nothing else', () => {
    expect(loadedWith([bundle]).size).toBe(1);
    expect(sizeOf(program)).toBeLessThan(200_000);
  });

  test('gives compile and run no part that only a service needs', () => {
    const service = sizeOf(partOf('service', program));
    expect(sizeOf(partOf('compile', program))).toBeLessThan(service / 2);
    expect(sizeOf(partOf('run', program))).toBeLessThan(service / 2);
  });

  test('is in the wheel with all its parts', () => {
    const project = readFileSync(join(repository, 'packages', 'python', 'pyproject.toml'), 'utf8');
    expect(project).toContain('"../../dist/chunks" = "cellfarm/_node/chunks"');
  });
});
