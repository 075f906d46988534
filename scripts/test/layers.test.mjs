import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { layers, tree } from '../guards/layers.mjs';

/** Writes packages: name -> the packages that it declares, and those that its one source file imports. */
function packagesWith(description) {
  const top = mkdtempSync(join(tmpdir(), 'layers-'));
  const write = (path, text) => {
    mkdirSync(dirname(join(top, path)), { recursive: true });
    writeFileSync(join(top, path), text);
  };
  for (const [name, { declares, imports }] of Object.entries(description)) {
    const dependencies = Object.fromEntries(declares.map((other) => [`@cellfarm/${other}`, '0.1.0']));
    write(`${name}/package.json`, JSON.stringify({ dependencies }));
    write(
      `${name}/tsconfig.json`,
      JSON.stringify({ references: declares.map((other) => ({ path: `../${other}` })) }),
    );
    write(
      `${name}/src/index.ts`,
      imports.map((other) => `import { x } from '@cellfarm/${other}';`).join('\n'),
    );
  }
  return top;
}

test('imports that point down pass, and the tree shows them', () => {
  const packages = packagesWith({
    queue: { declares: ['protocol'], imports: ['protocol'] },
    protocol: { declares: [], imports: [] },
  });
  expect(layers(packages).ok).toBe(true);
  expect(tree(packages)).toMatch(/layer 0 {2}protocol .*\nlayer 1 {2}queue .*-> protocol \(0\)/);
});

test('an import of a package above or beside is refused, with its file', () => {
  const packages = packagesWith({ protocol: { declares: ['queue'], imports: ['queue'] } });
  expect(layers(packages).output).toMatch('packages/protocol/src/index.ts: protocol may not import queue');
  expect(layers(packages).output).toMatch('packages/protocol/tsconfig.json: protocol may not import queue');
  const service = packagesWith({ service: { declares: ['backends'], imports: [] } });
  expect(layers(service).output).toMatch('packages/service/package.json: service may not import backends');
});

test('an import that package.json does not name is refused', () => {
  const packages = packagesWith({ queue: { declares: [], imports: ['protocol'] } });
  expect(layers(packages).output).toMatch('imports protocol, which package.json does not name');
});
