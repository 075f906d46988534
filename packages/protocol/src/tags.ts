// What the user says of a cell: role, target, resources, under one metadata key `cellfarm`. Intent only, never run state.
import { z } from 'zod';
import { Resources } from './resources.js';

export const ROLES = [
  'auto',
  'load',
  'preprocess',
  'map',
  'reduce',
  'stage',
  'train',
  'evaluate',
  'sequential',
  'local',
  'skip',
] as const;
export const Role = z.enum(ROLES);
export type Role = z.infer<typeof Role>;

/** Targets every installation knows; further ones are named in `cellfarm.config.json`. */
export const BUILT_IN_TARGETS = ['auto', 'local', 'docker', 'kubernetes', 'slurm'] as const;

/** A target's name: built in or of the user's configuration. */
export const TargetName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$/)
  .brand<'TargetName'>();
export type TargetName = z.infer<typeof TargetName>;

export const TAGS_VERSION = 1;

/** The tags of one cell. Absent keys mean `auto` and the target's own resources. */
export const Tags = z.strictObject({
  version: z.literal(TAGS_VERSION).default(TAGS_VERSION),
  role: Role.default('auto'),
  target: TargetName.default('auto' as TargetName),
  resources: Resources.default({}),
});
export type Tags = z.infer<typeof Tags>;

export const NO_TAGS: Tags = {
  version: TAGS_VERSION,
  role: 'auto',
  target: 'auto' as TargetName,
  resources: {},
};
