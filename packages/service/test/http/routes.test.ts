// The HTTP rim of a running service: every route, method, token and Origin; what is answered, what is refused and how.
import { request } from 'node:http';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { openFileStore } from '@cellfarm/artifacts';
import { ErrorReport } from '@cellfarm/protocol';
import type { Ticket } from '@cellfarm/protocol';
import { sign } from '@cellfarm/queue';
import { signingKey } from '../../src/index.js';
import { notebook, openStream, playSimply, startFarm } from '../run/fake-farm.js';
import type { Farm } from '../run/fake-farm.js';

let farm: Farm;
beforeAll(async () => {
  farm = await startFarm({ frame: (process, frame) => void playSimply(process, frame) });
});
afterAll(() => farm.stop());

const RUN = 'r-0123456789abcdef';
const LEASE = 'l-0123456789abcdef';
const ROUTES = [
  '/v1/runs',
  `/v1/runs/${RUN}`,
  `/v1/runs/${RUN}/events`,
  `/v1/runs/${RUN}/graph`,
  `/v1/runs/${RUN}/notebook`,
  `/v1/runs/${RUN}/cancel`,
  `/v1/runs/${RUN}/resume`,
  '/v1/compile',
  `/v1/objects/${'a'.repeat(64)}`,
  '/v1/agents',
  '/v1/agents/box-1-a/samples',
  '/v1/health',
  '/v1/feed',
  `/v1/streams/${LEASE}`,
  `/v1/leases/${LEASE}`,
  '/',
  '/nothing',
];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

interface Answer {
  status: number;
  headers: Record<string, unknown>;
  text: string;
}

function ask(method: string, path: string, headers: Record<string, string>, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath: farm.service.address.socket, method, path, headers });
    asked.on('error', reject);
    asked.on('response', (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
    });
    asked.end(body);
  });
}

function bearer(token = farm.service.address.token): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

function upgrade(path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws+unix:${farm.service.address.socket}:${path}`, { headers });
    socket.on('unexpected-response', (_request, answer) => resolve(answer.statusCode ?? 0));
    socket.on('open', () => {
      resolve(101);
      socket.close();
    });
    socket.on('error', () => resolve(-1));
  });
}

describe('every route', () => {
  test.each(METHODS)(
    'is closed to %s without a token, with a bad one, and from a foreign Origin',
    async (method) => {
      for (const route of ROUTES) {
        expect((await ask(method, route, {})).status, `${route} none`).toBe(401);
        expect((await ask(method, route, bearer('0'.repeat(64)))).status, `${route} bad`).toBe(401);
        for (const origin of ['null', 'https://evil.example', 'http://localhost', 'HTTP://LOCALHOST']) {
          expect((await ask(method, route, { ...bearer(), origin })).status, `${route} ${origin}`).toBe(403);
        }
        expect(
          (await ask(method, route, { ...bearer(), host: 'evil.example' })).status,
          `${route} host`,
        ).toBe(403);
        expect([401, 403], `${route} good`).not.toContain((await ask(method, route, bearer())).status);
      }
    },
  );

  test('answers errors as ErrorReport JSON that echoes nothing', async () => {
    const answer = await ask('GET', '/v1/runs/<script>', bearer());
    expect(answer.status).toBe(400);
    expect(ErrorReport.parse(JSON.parse(answer.text)).code).toBe('C6003');
    expect(answer.text).not.toContain('script');
    expect(answer.headers).toMatchObject({
      'content-security-policy': "default-src 'none'",
      'x-content-type-options': 'nosniff',
    });
    expect(answer.headers['x-powered-by']).toBeUndefined();
    const unknown = await ask('GET', '/v1/<b>', bearer());
    expect(ErrorReport.parse(JSON.parse(unknown.text)).code).toBe('C6004');
  });
});

describe('the feed', () => {
  test('is refused before the handshake without a token and from a foreign Origin', async () => {
    const path = `/v1/feed?run=${RUN}`;
    expect(await upgrade(path, {})).toBe(401);
    expect(await upgrade(path, bearer('0'.repeat(64)))).toBe(401);
    expect(await upgrade(path, { ...bearer(), origin: 'https://evil.example' })).toBe(403);
    expect(await upgrade('/v1/other', bearer())).toBe(404);
    expect(await upgrade(path, bearer())).toBe(404);
    expect(await upgrade('/v1/feed?run=none', bearer())).toBe(400);
    const run = await farm.start(['x = 1']);
    expect(await upgrade(`/v1/feed?run=${run}`, bearer())).toBe(101);
  });
});

describe('a stream', () => {
  const ticket = (more: Partial<Ticket> = {}): Ticket =>
    ({
      version: 1,
      lease: LEASE,
      run: RUN,
      slot: 'home',
      part: 'home',
      target: 'local',
      epoch: 1,
      nonce: '0'.repeat(32),
      python: ['python'],
      cwd: '/',
      env: {},
      resources: {},
      endpoint: { socket: '/none' },
      agent: null,
      expires: Date.now() + 60_000,
      ...more,
    }) as Ticket;

  test('is refused to a forged, an expired, a foreign and a finished ticket, also with the token', async () => {
    const key = await signingKey(farm.home);
    const { service } = farm;
    const forged = sign(ticket(), randomBytes(32));
    await expect(openStream(service, LEASE, forged)).rejects.toThrow();
    await expect(
      openStream(service, LEASE, sign(ticket({ expires: Date.now() - 1 }), key)),
    ).rejects.toThrow();
    await expect(openStream(service, 'l-fedcba9876543210', sign(ticket(), key))).rejects.toThrow();
    await expect(openStream(service, LEASE, sign(ticket(), key))).rejects.toThrow();
  });

  test('takes a ticket with the environment of a large kernelspec', async () => {
    const key = await signingKey(farm.home);
    const signed = sign(ticket({ env: { SETTINGS: 'x'.repeat(30_000) } }), key);
    await expect(openStream(farm.service, LEASE, signed)).rejects.toThrow('refused with 403'); // its lease is over
  });

  test('does not accept a report of an exit without its ticket', async () => {
    const path = `/v1/leases/${LEASE}/exit`;
    const body = JSON.stringify({ exitCode: 1, signal: null, stderr: '' });
    const headers = { 'content-type': 'application/json' };
    expect((await ask('POST', path, headers, body)).status).toBe(403);
    expect((await ask('POST', path, { ...headers, ...bearer() }, body)).status).toBe(403);
    const key = await signingKey(farm.home);
    const signed = Buffer.from(JSON.stringify(sign(ticket(), key))).toString('base64');
    expect((await ask('POST', path, { ...headers, 'x-cellfarm-ticket': signed }, body)).status).toBe(202);
  });
});

describe('samples', () => {
  const body = JSON.stringify({ now: Date.now(), wait: false, samples: [] });

  test('are taken from the agent that a genuine ticket is for, and from nobody else', async () => {
    const key = await signingKey(farm.home);
    const path = `/v1/leases/${LEASE}/samples`;
    const send = (ticket: string | null, agent = 'box-1-a') =>
      ask(
        'POST',
        path,
        {
          ...bearer(),
          'content-type': 'application/json',
          'x-cellfarm-agent': agent,
          ...(ticket === null ? {} : { 'x-cellfarm-ticket': ticket }),
        },
        body,
      );
    const ticketOf = (agent: string | null, by: Uint8Array): string => {
      const ticket = { version: 1, lease: LEASE, run: RUN, slot: 'home', part: 'home', target: 'local' };
      const place = { python: ['python'], cwd: '/', env: {}, resources: {}, endpoint: { socket: '/none' } };
      const rest = { epoch: 1, nonce: '0'.repeat(32), agent, expires: Date.now() + 60_000 };
      const signed = sign({ ...ticket, ...place, ...rest } as Ticket, by);
      return Buffer.from(JSON.stringify(signed)).toString('base64');
    };
    expect((await send(null)).status).toBe(403);
    expect((await send(ticketOf(null, randomBytes(32)))).status).toBe(403);
    expect((await send(ticketOf('other-1-b', key))).status).toBe(403);
    const taken = await send(ticketOf('box-1-a', key));
    expect([taken.status, JSON.parse(taken.text)]).toEqual([200, { watched: true, after: 0 }]);
    const unseen = await send(ticketOf(null, key), 'box-2-c');
    expect(JSON.parse(unseen.text)).toEqual({ watched: false, after: 0 });
  });

  test('are asked for by a time and nothing else', async () => {
    expect((await ask('GET', '/v1/agents/box-1-a/samples?after=now', bearer())).status).toBe(400);
    const answer = await ask('GET', '/v1/agents/box-1-a/samples?after=5', bearer());
    expect(JSON.parse(answer.text)).toEqual({ now: expect.any(Number) as number, samples: [] });
  });
});

describe('the service', () => {
  test('listens on a socket that only its user can reach', async () => {
    const { socket } = farm.service.address;
    expect((await stat(socket)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(socket))).mode & 0o777).toBe(0o700);
  });

  test('refuses notebooks by name and starts nothing', async () => {
    const start = (content: string, path = '/tmp/bad.ipynb') =>
      farm.call('POST', '/v1/runs', { path, content, options: {} });
    const before = farm.processes.length;
    expect((await start('')).json).toMatchObject({ code: 'C1003' });
    expect((await start('{')).json).toMatchObject({ code: 'C1004' });
    expect((await start('{"nbformat": 3}')).json).toMatchObject({ code: 'C1005' });
    expect((await start(notebook(['x = 1'], { kernelspec: { name: 'no-such-kernel' } }))).json).toMatchObject(
      { code: 'C3001' },
    );
    expect((await start(notebook(['x = 1']), 'relative.ipynb')).json).toMatchObject({ code: 'C6003' });
    const tagged = { source: 'x = 1', metadata: { cellfarm: { role: 'wizard' } } };
    expect((await start(notebook([tagged]))).json).toMatchObject({ code: 'C1101', cell: 0 });
    expect(farm.processes.length).toBe(before);
  });

  test('refuses keys that would reach a prototype, at any depth', async () => {
    const text = '{"path": "/tmp/a.ipynb", "content": "{}", "options": {"__proto__": {"polluted": true}}}';
    const headers = { ...bearer(), 'content-type': 'application/json' };
    const answer = await ask('POST', '/v1/runs', headers, text);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    const deep =
      '{"path": "/tmp/a.ipynb", "content": "{}", "options": {}, "constructor": {"prototype": {"polluted": 1}}}';
    expect((await ask('POST', '/v1/runs', headers, deep)).status).toBe(400);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test('answers 413 to a body over its limit', async () => {
    const headers = { ...bearer(), 'content-type': 'application/json' };
    const key = await signingKey(farm.home);
    const lease = LEASE;
    const signed = sign({ ...(await firstTicket()), lease } as Ticket, key);
    const ticketHeader = { 'x-cellfarm-ticket': Buffer.from(JSON.stringify(signed)).toString('base64') };
    const large = JSON.stringify({ exitCode: 1, signal: null, stderr: 'x'.repeat(100_000) });
    expect(
      (await ask('POST', `/v1/leases/${lease}/exit`, { ...headers, ...ticketHeader }, large)).status,
    ).toBe(413);
    const content = 'x'.repeat(65 * 2 ** 20);
    const body = JSON.stringify({ path: '/tmp/large.ipynb', content });
    const answer = await ask('POST', '/v1/compile', headers, body);
    expect(answer.status).toBe(413);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'C1008' });
  });

  test('tells its health, agents and version', async () => {
    const health = (await farm.call('GET', '/v1/health')).json;
    expect(health).toMatchObject({
      state: 'ok',
      version: '0.0.0',
      pid: process.pid,
      queue: { kind: 'memory', state: 'ok' },
    });
    expect((await farm.call('GET', '/v1/agents')).json).toMatchObject([{ targets: ['local', 'docker'] }]);
  });

  test('gives objects by digest only, whole or in ranges, never as a page', async () => {
    const store = await openFileStore(join(farm.home, 'objects'));
    const { id } = await store.put(Buffer.from('0123456789'));
    const whole = await ask('GET', `/v1/objects/${id}`, bearer());
    expect(whole).toMatchObject({ status: 200, text: '0123456789' });
    expect(whole.headers).toMatchObject({
      'content-disposition': 'attachment',
      'content-type': 'application/octet-stream',
    });
    expect(await ask('GET', `/v1/objects/${id}`, { ...bearer(), range: 'bytes=2-4' })).toMatchObject({
      status: 206,
      text: '234',
    });
    expect(await ask('GET', `/v1/objects/${id}`, { ...bearer(), range: 'bytes=-2' })).toMatchObject({
      status: 206,
      text: '89',
    });
    expect((await ask('GET', `/v1/objects/${id}`, { ...bearer(), range: 'bytes=20-' })).status).toBe(400);
    for (const name of ['../key', '..%2f..%2fkey', 'a'.repeat(63), 'A'.repeat(64), `t-${'0'.repeat(32)}`]) {
      expect([400, 404]).toContain((await ask('GET', `/v1/objects/${name}`, bearer())).status);
    }
    expect((await ask('GET', `/v1/objects/${'0'.repeat(64)}`, bearer())).status).toBe(404);
  });
});

async function firstTicket(): Promise<Ticket> {
  await farm.start(['x = 1']);
  while (farm.processes.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  return (farm.processes[0] as { ticket: Ticket }).ticket;
}
