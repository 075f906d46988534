import { expect, test } from 'vitest';
import { sameCode } from '../../src/notebook/same-code.js';

const code = (source: string | string[]): object => ({ cell_type: 'code', source, outputs: [] });
const text = (source: string): object => ({ cell_type: 'markdown', source });

test.each([
  ['the same cells', [code('a'), code('b')], [code('a'), code('b')], true],
  ['lines as a list', [code('a\nb')], [code(['a\n', 'b'])], true],
  ['other prose', [text('one'), code('a')], [code('a'), text('two')], true],
  ['another line', [code('a')], [code('b')], false],
  ['another order', [code('a'), code('b')], [code('b'), code('a')], false],
  ['one cell more', [code('a')], [code('a'), code('')], false],
])('the code of two notebooks with %s', (_name, one, other, same) => {
  expect(sameCode({ cells: one }, { cells: other })).toBe(same);
});
