// The tags of one cell from its metadata: role, target and resources, each refused by its own code with the cell's index.
import {
  describe,
  NO_TAGS,
  Resources,
  ROLES,
  Tags,
  type Diagnostic,
  type ErrorCode,
} from '@cellfarm/protocol';

export interface TagsRead {
  readonly tags: Tags;
  readonly diagnostics: Diagnostic[];
}

const KEYS = new Set(['version', 'role', 'target', 'resources']);

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function resourceProblems(resources: unknown): { field: string; detail: string }[] {
  if (!isRecord(resources)) return [{ field: 'resources', detail: 'it is not an object' }];
  const problems: { field: string; detail: string }[] = [];
  // Own keys are looked at one by one: a schema never sees `__proto__`.
  for (const key of Object.keys(resources)) {
    const field = Object.hasOwn(Resources.shape, key)
      ? Resources.shape[key as keyof typeof Resources.shape]
      : null;
    if (!field) {
      problems.push({ field: key, detail: 'there is no such resource' });
      continue;
    }
    const parsed = field.safeParse(resources[key]);
    if (!parsed.success)
      problems.push({
        field: key,
        detail: `${JSON.stringify(resources[key])}: ${parsed.error.issues[0]?.message ?? 'malformed'}`,
      });
  }
  return problems;
}

/** The tags of a first line `%%cellfarm role=map target=docker gpus=1`; null when the cell does not begin so. */
function magicTags(source: string): Readonly<Record<string, unknown>> | null {
  const line = /^\s*%%cellfarm(?![^\s])([^\r\n]*)/.exec(source);
  if (!line) return null;
  const tags: Record<string, unknown> = {};
  const resources: Record<string, unknown> = {};
  for (const word of (line[1] ?? '')
    .trim()
    .split(/\s+/)
    .filter((each) => each !== '')) {
    const [key = '', ...rest] = word.split('=');
    const text = rest.join('=').replace(/^(["'])(.*)\1$/, '$2');
    const value = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
    if (key === 'role' || key === 'target') tags[key] = text;
    else Object.defineProperty(resources, key, { value, enumerable: true });
  }
  return { ...tags, resources };
}

/** What the metadata says, overruled by what a `%%cellfarm` line in the cell says. */
function givenTags(metadata: Readonly<Record<string, unknown>>, source: string): unknown {
  const own = Object.hasOwn(metadata, 'cellfarm') ? metadata['cellfarm'] : undefined;
  const written = magicTags(source);
  if (written === null || (own !== undefined && !isRecord(own))) return own ?? written ?? undefined;
  const resources = own !== undefined && isRecord(own['resources']) ? own['resources'] : {};
  const given = isRecord(written['resources']) ? written['resources'] : {};
  return { ...own, ...written, resources: { ...resources, ...given } };
}

export function readTags(
  metadata: Readonly<Record<string, unknown>>,
  source: string,
  cell: number,
  targets: readonly string[],
): TagsRead {
  const given = givenTags(metadata, source);
  if (given === undefined) return { tags: NO_TAGS, diagnostics: [] };
  const diagnostics: Diagnostic[] = [];
  const refuse = (code: ErrorCode, fields: Readonly<Record<string, string>>): void => {
    diagnostics.push({ code, severity: 'error', cell, line: null, column: null, ...describe(code, fields) });
  };
  if (!isRecord(given)) {
    refuse('C1104', { detail: 'it is not an object' });
    return { tags: NO_TAGS, diagnostics };
  }
  for (const key of Object.keys(given))
    if (!KEYS.has(key)) refuse('C1104', { detail: `unknown key "${key}"` });
  const { role = 'auto', target = 'auto', resources = {}, version = 1 } = given;
  if (version !== 1) refuse('C1104', { detail: `version ${JSON.stringify(version)} is not 1` });
  if (typeof role !== 'string' || !(ROLES as readonly string[]).includes(role)) {
    refuse('C1101', {
      value: typeof role === 'string' ? role : JSON.stringify(role),
      allowed: ROLES.join(', '),
    });
  }
  if (typeof target !== 'string' || !targets.includes(target)) {
    refuse('C1102', {
      value: typeof target === 'string' ? target : JSON.stringify(target),
      allowed: targets.join(', '),
    });
  }
  for (const problem of resourceProblems(resources)) refuse('C1103', problem);
  if (diagnostics.length > 0) return { tags: NO_TAGS, diagnostics };
  const parsed = Tags.safeParse({ version, role, target, resources });
  if (parsed.success) return { tags: parsed.data, diagnostics };
  refuse('C1104', { detail: parsed.error.issues[0]?.message ?? 'malformed' });
  return { tags: NO_TAGS, diagnostics };
}
