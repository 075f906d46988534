// Objects over HTTP: the bytes of one, whole or a range, named by their digest only. They are never shown by a browser as a page.
import express from 'express';
import type { Router } from 'express';
import { pipeline } from 'node:stream/promises';
import { isDigest } from '@cellfarm/artifacts';
import type { ObjectStore } from '@cellfarm/artifacts';
import { CellfarmError, Digest } from '@cellfarm/protocol';
import { parseBody } from '../parse-body.js';

interface Range {
  readonly start: number;
  readonly stop: number;
}

/** One range of bytes; null: the whole. Throws C6003 for several ranges, or one outside of the object. */
function rangeOf(header: string | undefined, size: number): Range | null {
  if (header === undefined) return null;
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header);
  const [first = '', last = ''] = match ? [match[1], match[2]] : [];
  const suffix = first === '';
  const start = suffix ? Math.max(0, size - Number(last)) : Number(first);
  const stop = suffix || last === '' ? size : Math.min(size, Number(last) + 1);
  if (!match || (suffix && last === '') || start >= stop)
    throw new CellfarmError('C6003', { detail: 'range' });
  return { start, stop };
}

export function objectRoutes(objects: ObjectStore): Router {
  const router = express.Router();
  router.get('/:digest', async (request, response) => {
    const digest = parseBody(Digest, request.params.digest);
    const found = isDigest(digest) ? await objects.stat(digest) : null;
    if (!found) throw new CellfarmError('C6004', { path: 'this object' });
    const range = rangeOf(request.headers.range, found.size);
    const stream = await objects.open(digest, range ?? undefined);
    if (!stream) throw new CellfarmError('C6004', { path: 'this object' });
    response.status(range ? 206 : 200);
    response.set({
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment',
      'content-security-policy': 'sandbox',
      'accept-ranges': 'bytes',
      'content-length': String(range ? range.stop - range.start : found.size),
      ...(range ? { 'content-range': `bytes ${range.start}-${range.stop - 1}/${found.size}` } : {}),
    });
    await pipeline(stream, response);
  });
  return router;
}
