// What the compiler and the checks before a run say to the user, beside the cell it concerns.
import { z } from 'zod';
import { ErrorCode } from './errors.js';

export const Severity = z.enum(['error', 'warning', 'info']);
export type Severity = z.infer<typeof Severity>;

/** One remark. `cell` counts all cells of the file from 0; `line` from 1; `column` from 0 in UTF-16 units; null: the file as a whole. */
export const Diagnostic = z.strictObject({
  code: ErrorCode,
  severity: Severity,
  cell: z.int().min(0).nullable(),
  line: z.int().min(1).nullable(),
  column: z.int().min(0).nullable(),
  message: z.string(),
  hint: z.string(),
});
export type Diagnostic = z.infer<typeof Diagnostic>;
