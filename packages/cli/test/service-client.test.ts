// A service that takes a question and never answers it.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ServiceClient, Unreachable } from '../src/service-client.js';

const folder = mkdtempSync(join(tmpdir(), 'cellfarm-silent-'));
const socket = join(folder, 'socket');
const silent = createServer(() => undefined);
const client = new ServiceClient({ socket, token: 'none' });

beforeAll(async () => {
  silent.listen(socket);
  await once(silent, 'listening');
});
afterAll(() => {
  silent.closeAllConnections();
  silent.close();
  rmSync(folder, { recursive: true });
});

it('is given up after a while', async () => {
  const asked = client.get('/v1/health', { answerMs: 50 });
  await expect(asked).rejects.toThrow(Unreachable);
  await expect(asked).rejects.toThrow('no answer within 0.05 s');
});

it('is given up at once when nobody wants the answer any more', async () => {
  const over = new AbortController();
  const asked = client.get('/v1/health', { signal: over.signal });
  over.abort();
  await expect(asked).rejects.toThrow(Unreachable);
});
