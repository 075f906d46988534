// Checks a request's body or query against its schema. The refusal says where and what, never the value itself.
import { CellfarmError } from '@cellfarm/protocol';
import type { Schema } from '../schema.js';

/** Throws C6003. */
export function parseBody<T>(schema: Schema<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const detail = issue ? `${issue.path.map(String).join('.') || 'body'}: ${issue.message}` : 'body';
  throw new CellfarmError('C6003', { detail });
}
