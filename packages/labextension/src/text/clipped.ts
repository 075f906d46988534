// Text that is too long for its place, with a sign that there is more.

/** @param most characters, the sign included */
export function clipped(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`;
}
