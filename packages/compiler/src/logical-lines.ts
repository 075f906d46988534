// Finds where logical lines of Python begin in a text that may hold IPython syntax: outside strings, brackets and
// continued lines. A scanner for one purpose, not a tokenizer: it never rejects anything.

/** Lines taken as not Python (magics) are passed over without looking for quotes or brackets in them. */
export interface LineScanner {
  /** True when a new statement may begin on the next line to be fed. */
  atStatement(): boolean;
  /** Feeds one line of Python. Returns the position of its comment, or the line's length. */
  feed(line: string): number;
}

const OPENING = '([{';
const CLOSING = ')]}';

export function lineScanner(): LineScanner {
  let quote: string | null = null;
  let depth = 0;
  let continued = false;

  function feed(line: string): number {
    continued = false;
    let i = 0;
    while (i < line.length) {
      const character = line.charAt(i);
      if (quote !== null) {
        if (character === '\\') i += 2;
        else if (line.startsWith(quote, i)) {
          i += quote.length;
          quote = null;
        } else i += 1;
      } else if (character === '#') {
        return i;
      } else if (character === '"' || character === "'") {
        quote = line.startsWith(character.repeat(3), i) ? character.repeat(3) : character;
        i += quote.length;
      } else {
        if (OPENING.includes(character)) depth += 1;
        else if (CLOSING.includes(character)) depth = Math.max(0, depth - 1);
        i += 1;
      }
    }
    continued = line.endsWith('\\');
    // A string in single quotes ends with its line unless the line is continued.
    if (quote?.length === 1 && !continued) quote = null;
    return line.length;
  }

  return { atStatement: () => quote === null && depth === 0 && !continued, feed };
}

/** Position of the first `=` that assigns, outside brackets and strings; -1 when there is none. */
export function assignmentSign(line: string): number {
  let depth = 0;
  let quote: string | null = null;
  for (let i = 0; i < line.length; i += 1) {
    const character = line.charAt(i);
    if (quote !== null) {
      if (character === '\\') i += 1;
      else if (character === quote) quote = null;
    } else if (character === '#') return -1;
    else if (character === '"' || character === "'") quote = character;
    else if (OPENING.includes(character)) depth += 1;
    else if (CLOSING.includes(character)) depth -= 1;
    else if (character === '=' && depth <= 0) {
      if (line.charAt(i + 1) === '=' || '=!<>+-*/%&|^@:'.includes(line.charAt(i - 1) || ' ')) return -1;
      return i;
    }
  }
  return -1;
}
