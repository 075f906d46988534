// Tags as they are edited: the text of each field, read from and written to the one metadata key `cellfarm` of a cell.
// Intent only: nothing of a run is ever written there. Pure.

export const TAGS_KEY = 'cellfarm';

export const FIELDS = [
  'role',
  'target',
  'cpus',
  'gpus',
  'memory',
  'gpuMemory',
  'timeout',
  'retries',
] as const;
export type Field = (typeof FIELDS)[number];
type ResourceField = Exclude<Field, 'role' | 'target'>;

const NUMBERS: ReadonlySet<Field> = new Set(['cpus', 'gpus', 'retries']);

/** The text of every field; empty where nothing is said. */
export type TagTexts = Readonly<Record<Field, string>>;

/** One field of several cells. */
export type Merged =
  | { readonly kind: 'same'; readonly text: string }
  | { readonly kind: 'mixed'; readonly texts: readonly string[] };

export function readTags(metadata: unknown): TagTexts {
  const tags = record(metadata);
  const resources = record(tags['resources']);
  const text = (value: unknown): string =>
    typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
  return Object.fromEntries(
    FIELDS.map((field) => [
      field,
      text(field === 'role' || field === 'target' ? tags[field] : resources[field]),
    ]),
  ) as TagTexts;
}

export function isTagged(metadata: unknown): boolean {
  return Object.values(readTags(metadata)).some((text) => text !== '' && text !== 'auto');
}

export function mergeTags(cells: readonly TagTexts[]): Readonly<Record<Field, Merged>> {
  return Object.fromEntries(
    FIELDS.map((field): [Field, Merged] => {
      const texts = [
        ...new Set(
          cells.map((cell) => cell[field] || (field === 'role' || field === 'target' ? 'auto' : '')),
        ),
      ];
      const [only = ''] = texts;
      return [field, texts.length <= 1 ? { kind: 'same', text: only } : { kind: 'mixed', texts }];
    }),
  ) as Record<Field, Merged>;
}

/**
 * A cell's metadata with one field set, other keys as they were. An empty text, and `auto`, take the field away; null
 * when nothing is left to say, so that the key can go.
 */
export function withField(metadata: unknown, field: Field, text: string): Record<string, unknown> | null {
  const { version: _version, ...tags } = { ...record(metadata) };
  const resources = { ...record(tags['resources']) };
  const said = text.trim();
  if (field === 'role' || field === 'target') {
    if (said === '' || said === 'auto') delete tags[field];
    else tags[field] = said;
  } else if (said === '') delete resources[field];
  else resources[field] = valueOf(field, said);
  if (Object.keys(resources).length > 0) tags['resources'] = resources;
  else delete tags['resources'];
  return Object.keys(tags).length > 0 ? { version: 1, ...tags } : null;
}

function valueOf(field: ResourceField, text: string): string | number {
  return NUMBERS.has(field) ? Number(text) : text;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

/** A cell's tags as a run takes them: its metadata, overruled field by field by what its first line says. */
export function effectiveTags(metadata: unknown, firstLine: TagTexts | null): TagTexts {
  const own = readTags(metadata);
  if (firstLine === null) return own;
  return Object.fromEntries(FIELDS.map((field) => [field, firstLine[field] || own[field]])) as TagTexts;
}
