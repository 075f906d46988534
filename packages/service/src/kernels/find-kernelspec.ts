// Finds the kernelspec that a notebook names. Reads kernel.json files and nothing else; the interpreter behind one is
// `interpreter.ts`'s business.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CellfarmError } from '@cellfarm/protocol';
import { isRecord, parseJson } from '../json.js';

export interface Kernelspec {
  readonly name: string;
  readonly folder: string;
  readonly argv: readonly string[];
  readonly language: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Names as jupyter_client allows them; anything else could be a path. */
const NAME = /^[a-z0-9._-]+$/i;

async function namesIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(join(folder, 'kernels'), { withFileTypes: true });
    return entries.filter((entry) => !entry.isFile()).map((entry) => entry.name);
  } catch (cause) {
    if (isMissing(cause)) return [];
    throw cause;
  }
}

function isMissing(cause: unknown): boolean {
  const code = cause instanceof Error && 'code' in cause ? cause.code : null;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES';
}

async function readKernelJson(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (isMissing(cause)) return null;
    throw cause;
  }
}

/** The kernelspec of that name. Throws C3001 with the names found, C1007 for another language than Python, C3005 when it is broken. */
export async function findKernelspec(name: string, folders: readonly string[]): Promise<Kernelspec> {
  const wanted = name.toLowerCase();
  const found = new Set<string>();
  for (const folder of folders) {
    for (const each of (await namesIn(folder)).sort()) {
      found.add(each);
      if (!NAME.test(name) || each.toLowerCase() !== wanted) continue;
      const path = join(folder, 'kernels', each);
      const text = await readKernelJson(join(path, 'kernel.json'));
      if (text === null) continue;
      const spec = parseKernelJson(text, join(path, 'kernel.json'));
      if (spec.language.toLowerCase() !== 'python')
        throw new CellfarmError('C1007', { language: spec.language });
      return { name: each, folder: path, argv: spec.argv, language: spec.language, env: spec.env };
    }
  }
  throw new CellfarmError('C3001', { name, found: [...found].join(', ') || 'none' });
}

type KernelJson = Pick<Kernelspec, 'argv' | 'language' | 'env'>;

function parseKernelJson(text: string, path: string): KernelJson {
  const parsed = parseJson(text);
  const { argv, language, env } = isRecord(parsed) ? parsed : {};
  if (!Array.isArray(argv) || argv.length === 0 || !argv.every((word) => typeof word === 'string')) {
    throw new CellfarmError('C3005', { path, detail: 'its kernel.json is malformed' });
  }
  const texts = Object.entries(isRecord(env) ? env : {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return {
    argv,
    language: typeof language === 'string' ? language : 'python',
    env: Object.fromEntries(texts),
  };
}
