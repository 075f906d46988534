// What one task asks for. Sizes and durations are accepted as people write them and kept in bytes and milliseconds.
import { z } from 'zod';
import { parseDuration, parseSize } from './units.js';

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
