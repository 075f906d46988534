// The user's own targets: `cellfarm.config.json` in the notebook's folder, checked as a whole. Only their names and backends are read here.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BUILT_IN_TARGETS, CellfarmError, Configuration } from '@cellfarm/protocol';

const FILE = 'cellfarm.config.json';
/** Names of all targets that a notebook at this path may use. Throws C1201 for a malformed configuration. */
export function knownTargets(notebook: string): string[] {
  return [...BUILT_IN_TARGETS, ...namedTargets(join(dirname(notebook), FILE))];
}

function namedTargets(path: string): string[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : null;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw new CellfarmError(
      'C1201',
      { path, detail: cause instanceof Error ? cause.message : 'unreadable' },
      { cause },
    );
  }
  const parsed = Configuration.safeParse(parse(path, text));
  if (parsed.success) return Object.keys(parsed.data.targets);
  const issue = parsed.error.issues[0];
  throw new CellfarmError('C1201', {
    path,
    detail: `${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'malformed'}`,
  });
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CellfarmError(
      'C1201',
      { path, detail: cause instanceof Error ? cause.message : 'not JSON' },
      { cause },
    );
  }
}
