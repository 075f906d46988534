// Tags that code itself says: a first line `%%cellfarm role=map gpus=1`, and cellfarm's decorators, each with the line that
// says it. They are shown and never edited. Read from the text as the compiler reads it, without asking anybody. Pure.
import { FIELDS } from './cell-tags.js';
import type { Field, TagTexts } from './cell-tags.js';
import { blanked, closingOf, lineAt } from './python-text.js';

export interface CodeTags {
  /** What says it, as it is written: `%%cellfarm` or `@cf.map`. */
  readonly by: string;
  /** The function that a decorator marks; null: the cell as a whole. */
  readonly of: string | null;
  /** From 1, within the cell. */
  readonly line: number;
  readonly tags: TagTexts;
}

/** What the notebook calls cellfarm's decorators: `cf.map` is `map`. */
export type DecoratorNames = ReadonlyMap<string, string>;

const DECORATORS = ['map', 'reduce', 'stage', 'train', 'task'];
const DECORATED = /^@[ \t]*([\w.]+)[ \t]*(\(?)|^(?:async[ \t]+)?def[ \t]+(\w+)|^[^\s@)\]}"'#]/gm;
const KEYWORD = /(\w+)\s*=\s*(?:(["'])([^"'\\\n]*)\2|([\d_.]+))\s*(?=[,)\n])/g;

/** @param sources of all code cells of the notebook */
export function decoratorNames(sources: readonly string[]): DecoratorNames {
  const names = new Map<string, string>();
  for (const source of sources) {
    if (!source.includes('cellfarm')) continue;
    const code = blanked(source);
    for (const [, imported = ''] of code.matchAll(/^[ \t]*import[ \t]+(.+)$/gm)) {
      for (const [module, as] of namesIn(imported)) {
        if (module === 'cellfarm') for (const each of DECORATORS) names.set(`${as}.${each}`, each);
      }
    }
    for (const [, one = ''] of code.matchAll(
      /^[ \t]*from[ \t]+cellfarm[ \t]+import[ \t]+(\([^)]*\)|.+)$/gm,
    )) {
      for (const [name, as] of namesIn(one.replaceAll(/[()]/g, ' '))) {
        if (DECORATORS.includes(name)) names.set(as, name);
      }
    }
  }
  return names;
}

/** In the order of their lines. */
export function setInCode(source: string, names: DecoratorNames): CodeTags[] {
  const magic = magicOf(source);
  return [...(magic ? [magic] : []), ...decoratorsOf(source, names)];
}

/** What a first line `%%cellfarm` says; null where the cell does not begin so. */
export function magicOf(source: string): CodeTags | null {
  const found = /^\s*%%cellfarm(?!\S)([^\r\n]*)/.exec(source);
  if (!found) return null;
  const said = new Map(
    (found[1] ?? '')
      .trim()
      .split(/\s+/)
      .map((word): [string, string] => {
        const [key = '', ...rest] = word.split('=');
        return [key, rest.join('=').replace(/^(["'])(.*)\1$/, '$2')];
      }),
  );
  return { by: '%%cellfarm', of: null, line: lineAt(source, found[0].indexOf('%') + 1), tags: texts(said) };
}

function decoratorsOf(source: string, names: DecoratorNames): CodeTags[] {
  if (names.size === 0 || !source.includes('@')) return [];
  const code = blanked(source);
  const found: CodeTags[] = [];
  let waiting: Omit<CodeTags, 'of'>[] = [];
  for (const match of code.matchAll(DECORATED)) {
    const [text, path, open, defined] = match;
    if (path !== undefined) {
      const decorator = names.get(path);
      if (decorator === undefined) continue;
      const begin = match.index + text.length - 1;
      const said = open === '(' ? source.slice(begin, closingOf(code, begin)) : '';
      const line = lineAt(source, match.index);
      waiting.push({ by: `@${path}`, line, tags: tagsOf(decorator, said) });
      continue;
    }
    if (defined !== undefined) found.push(...waiting.map((tags) => ({ ...tags, of: defined })));
    waiting = [];
  }
  return found;
}

function tagsOf(decorator: string, said: string): TagTexts {
  const words = new Map<string, string>();
  for (const [, name = '', , text, number] of said.matchAll(KEYWORD)) {
    words.set(name === 'gpu_memory' ? 'gpuMemory' : name, text ?? number?.replaceAll('_', '') ?? '');
  }
  if (decorator !== 'task') words.set('role', decorator);
  return texts(words);
}

function texts(said: ReadonlyMap<string, string>): TagTexts {
  return Object.fromEntries(
    FIELDS.map((field): [Field, string] => [field, said.get(field) ?? '']),
  ) as TagTexts;
}

/** `numpy as np, cellfarm as cf` as pairs of a name and what it is called here. */
function namesIn(imported: string): [string, string][] {
  return imported.split(',').flatMap((part): [string, string][] => {
    const [name, as, alias] = part.trim().split(/\s+/);
    return name ? [[name, as === 'as' && alias ? alias : name]] : [];
  });
}
