// Reads the JSON meta of a frame with the schema of its type. What does not fit is the sender's fault: its slot is given up, the run goes on.
import { frameMeta } from '@cellfarm/protocol';
import type { Frame } from '@cellfarm/protocol';
import type { Schema } from '../schema.js';

export class BadFrame extends Error {}

/** Throws BadFrame. */
export function readMeta<T>(schema: Schema<T>, frame: Frame): T {
  let meta: unknown;
  try {
    meta = frameMeta(frame);
  } catch (cause) {
    throw new BadFrame(`a frame of type ${frame.type} holds no JSON`, { cause });
  }
  const parsed = schema.safeParse(meta);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = issue ? `${issue.path.map(String).join('.')}: ${issue.message}` : 'meta';
  throw new BadFrame(`a frame of type ${frame.type} is malformed (${place})`);
}
