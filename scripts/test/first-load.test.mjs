import { mkdtempSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chunksOf, firstLoad } from '../guards/first-load.mjs';

const entry =
  'var t={"./index":()=>n.e(850).then(()=>()=>n(33)),"./extension":()=>Promise.all([n.e(85),n.e("850")]).then(()=>()=>n(33)),"./style":()=>n.e(307).then(()=>()=>n(9918))}';

function built(sizes) {
  const folder = mkdtempSync(join(tmpdir(), 'first-load-'));
  writeFileSync(join(folder, 'remoteEntry.abc.js'), entry);
  for (const [id, bytes] of Object.entries(sizes)) {
    writeFileSync(join(folder, `${id}.abc.js`), randomBytes(bytes));
  }
  return folder;
}

test('the entry says what a module waits for', () => {
  expect(chunksOf('./extension', entry)).toEqual(['85', '850']);
  expect(chunksOf('./style', entry)).toEqual(['307']);
  expect(chunksOf('./nothing', entry)).toBeUndefined();
});

test('what is loaded later does not count', () => {
  const small = { 85: 1000, 850: 1000, 307: 1000 };
  expect(firstLoad(built({ ...small, 999: 1_000_000 })).ok).toBe(true);
  const large = firstLoad(built({ ...small, 850: 200_000 }));
  expect(large.ok).toBe(false);
  expect(large.output).toContain('850.abc.js: 195.');
});

test('a chunk that is missing is no small one', () => {
  expect(firstLoad(built({ 85: 1, 850: 1 })).ok).toBe(false);
});
