// Notebooks of the tests are kept as plain text, cells parted by `# %%`, with the cell's role and Jupyter tags behind it:
// `# %% map tags=raises-exception`. This turns such a text into notebook JSON.

interface CellHead {
  readonly role: string | null;
  readonly tags: readonly string[];
}

function headOf(words: readonly string[]): CellHead {
  const tags = words.find((word) => word.startsWith('tags='));
  const role = words.find((word) => !word.includes('='));
  return { role: role ?? null, tags: tags ? tags.slice('tags='.length).split(',') : [] };
}

/** nbformat 4.5 JSON of a notebook text; the kernel is named, ids are `cell-<index>`. */
export function toNotebook(text: string, kernel = 'python3'): string {
  const parts = text.split(/^# %%(.*)$/m).slice(1);
  const cells = [];
  for (let i = 0; i < parts.length; i += 2) {
    const head = headOf((parts[i] ?? '').trim().split(/\s+/).filter(Boolean));
    cells.push({
      cell_type: 'code',
      id: `cell-${i / 2}`,
      execution_count: null,
      metadata: {
        ...(head.role === null ? {} : { cellfarm: { version: 1, role: head.role } }),
        ...(head.tags.length === 0 ? {} : { tags: head.tags }),
      },
      outputs: [],
      source: (parts[i + 1] ?? '').replace(/^\n/, '').replace(/\n$/, ''),
    });
  }
  return JSON.stringify({
    cells,
    metadata: { kernelspec: { name: kernel, display_name: kernel, language: 'python' } },
    nbformat: 4,
    nbformat_minor: 5,
  });
}
