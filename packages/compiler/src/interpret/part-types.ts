// Types of parts: an element, slice or attribute of an array is an array, of a data frame a data frame (as far as it matters).
const PARTS: ReadonlyMap<string, string> = new Map([
  ['numpy.ndarray', 'numpy.ndarray'],
  ['pandas.DataFrame', 'pandas.DataFrame'],
  ['numpy.arrays', 'numpy.ndarray'],
  ['sklearn.Bunch', 'numpy.ndarray'],
  ['matplotlib.Artist', 'matplotlib.Artist'],
]);

export function partType(type: string | null): string | null {
  return type === null ? null : (PARTS.get(type) ?? null);
}
