// Python text in which strings and comments are blanked, length and lines kept: what is found there is code. Pure. It is no
// parser: the compiler is, and what it finds is what counts in a run.

const STRING_OR_COMMENT =
  /("""|''')(?:\\[\s\S]|(?!\1)[\s\S])*(?:\1|$)|"(?:\\[\s\S]|[^"\\\n])*"?|'(?:\\[\s\S]|[^'\\\n])*'?|#[^\n]*/g;

/** Strings become quotes around nothing but spaces, comments become spaces; a line within a string begins no line. */
export function blanked(python: string): string {
  return python.replace(STRING_OR_COMMENT, (found) =>
    found.startsWith('#') ? ' '.repeat(found.length) : `"${' '.repeat(Math.max(0, found.length - 2))}"`,
  );
}

/** Position after the parenthesis that closes the one at `open`; the end of the text where none does. */
export function closingOf(code: string, open: number): number {
  let depth = 0;
  for (let at = open; at < code.length; at += 1) {
    const sign = code.charAt(at);
    if (sign === '(' || sign === '[' || sign === '{') depth += 1;
    else if (sign === ')' || sign === ']' || sign === '}') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return code.length;
}

/** Line, from 1, of a position. */
export function lineAt(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}
