// Finds what is known of a library function by its full name; a pack's `module.*` stands for what the module has no entry for.
import { BUILTIN_FUNCTIONS, CONTAINER_METHODS } from './builtins.js';
import { SCIENTIFIC } from './scientific.js';
import type { Pack, Specification } from './specification.js';
import { STANDARD } from './standard.js';

const PACKS: ReadonlyMap<string, Specification> = new Map(
  ([BUILTIN_FUNCTIONS, CONTAINER_METHODS, STANDARD, SCIENTIFIC] satisfies Pack[]).flatMap((pack) =>
    Object.entries(pack),
  ),
);
const EXCEPTION = /^builtins\.[A-Z]\w*$/;

export function specificationOf(path: string): Specification | null {
  const own = PACKS.get(path) ?? PACKS.get(`${path.slice(0, path.lastIndexOf('.'))}.*`);
  if (own) return own;
  return EXCEPTION.test(path) ? { gives: 'alias' } : null;
}
