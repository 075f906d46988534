// What the user writes into `cellfarm.config.json` beside a notebook: named targets. Options of a target belong to its backend.
import { z } from 'zod';
import { TargetName } from './tags.js';

export const BackendName = z.enum(['local', 'docker', 'kubernetes', 'slurm']);
export type BackendName = z.infer<typeof BackendName>;

export const Configuration = z.strictObject({
  targets: z.record(TargetName, z.looseObject({ backend: BackendName })).default({}),
});
export type Configuration = z.infer<typeof Configuration>;
