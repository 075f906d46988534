// What one task asks for. Sizes and durations are accepted as people write them and kept in bytes and milliseconds.
import { z } from 'zod';

const SIZE = /^(\d+(?:\.\d+)?)\s*(B|KB|MB|GB|TB|KiB|MiB|GiB|TiB)$/;
const SIZE_UNITS: Record<string, number> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};
const DURATION = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/;
const DURATION_UNITS: Record<string, number> = { ms: 1, s: 1e3, m: 6e4, h: 3.6e6, d: 8.64e7 };

/** `"8GiB"` or `"1.5 GB"` to bytes; null when it is not a size. */
export function parseSize(text: string): number | null {
  const match = SIZE.exec(text.trim());
  if (!match) return null;
  const bytes = Math.round(Number(match[1]) * (SIZE_UNITS[match[2] ?? ''] ?? Number.NaN));
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : null;
}

/** `"30m"`, `"1.5 h"` or `"250ms"` to milliseconds; null when it is not a duration. */
export function parseDuration(text: string): number | null {
  const match = DURATION.exec(text.trim());
  if (!match) return null;
  const millis = Math.round(Number(match[1]) * (DURATION_UNITS[match[2] ?? ''] ?? Number.NaN));
  return Number.isSafeInteger(millis) && millis > 0 ? millis : null;
}

const Size = z.string().refine((text) => parseSize(text) !== null, {
  error: 'a size is a number and a unit such as "512MiB" or "8 GB"',
});
const Duration = z.string().refine((text) => parseDuration(text) !== null, {
  error: 'a duration is a number and a unit such as "90s", "30m" or "1.5h"',
});

/** Resources of one task, as written by the user. */
export const Resources = z.strictObject({
  /** CPU cores. */
  cpus: z.number().positive().max(4096).optional(),
  /** Main memory, such as `"8GiB"`. */
  memory: Size.optional(),
  /** Whole GPUs. */
  gpus: z.int().min(0).max(1024).optional(),
  /** Memory of each GPU, such as `"16GiB"`. */
  gpuMemory: Size.optional(),
  /** Longest time one attempt may take, such as `"30m"`. */
  timeout: Duration.optional(),
  /** Further attempts after the user's own code failed. */
  retries: z.int().min(0).max(100).optional(),
});
export type Resources = z.infer<typeof Resources>;
