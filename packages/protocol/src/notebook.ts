// A frozen notebook as the compiler and the service see it: outputs left out, tags parsed, addressed by its digest.
import { z } from 'zod';
import { CellId, Digest } from './ids.js';
import { Tags } from './tags.js';

/** One code cell; cells of other types keep their index but are not listed. */
export const CodeCell = z.strictObject({
  /** Position among all cells of the file, from 0. */
  index: z.int().min(0),
  id: CellId,
  source: z.string(),
  tags: Tags,
  /** Jupyter's own tags (`metadata.tags`), of which `raises-exception` is honoured. */
  jupyterTags: z.array(z.string()),
});
export type CodeCell = z.infer<typeof CodeCell>;

export const NotebookSnapshot = z.strictObject({
  path: z.string(),
  /** sha256 of the code cells' ids, sources and tags, in order. */
  digest: Digest,
  /** `metadata.kernelspec.name`, or `python3` where the file names none. */
  kernel: z.string(),
  cells: z.array(CodeCell),
});
export type NotebookSnapshot = z.infer<typeof NotebookSnapshot>;
