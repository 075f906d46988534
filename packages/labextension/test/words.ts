// Translation as it is without a translation: the English text with its values filled in.
import type { Words } from '../src/text/words.js';

function fill(text: string, values: readonly unknown[]): string {
  return text.replaceAll(/%(\d)/g, (_, at: string) => String(values[Number(at) - 1]));
}

export const words: Words = {
  __: (text, ...values) => fill(text, values),
  _n: (one, many, count, ...values) => fill(count === 1 ? one : many, [count].concat(values)),
};
