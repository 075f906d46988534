// Who gets past the door: every combination of Origin, Host, token, method and route.
import { describe, expect, test } from 'vitest';
import { createGuard, sameSecret, usesTicket } from '../../src/http/guard.js';

const TOKEN = 'f'.repeat(64);
const guard = createGuard({ token: TOKEN, hosts: ['farm.example'], origins: ['https://lab.example'] });

const TOKENS: Record<string, string | undefined> = {
  none: undefined,
  empty: 'Bearer ',
  bad: `Bearer ${'e'.repeat(64)}`,
  prefix: `Bearer ${TOKEN.slice(0, 63)}`,
  longer: `Bearer ${TOKEN}f`,
  basic: `Basic ${TOKEN}`,
  good: `Bearer ${TOKEN}`,
};
const ORIGINS: Record<string, string | undefined> = {
  absent: undefined,
  null: 'null',
  listed: 'https://lab.example',
  evil: 'https://evil.example',
  suffix: 'https://lab.example.evil.example',
  upper: 'HTTPS://LAB.EXAMPLE',
  port: 'https://lab.example:8443',
  scheme: 'http://lab.example',
};
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'];
const ROUTES = [
  '/',
  '/v1/runs',
  '/v1/health',
  '/v1/feed?run=x',
  '/v1/streams/',
  '/v1/leases/l-0123456789abcdef',
  '/none',
];

describe('the guard', () => {
  test('lets only a good token without a foreign Origin pass, on every route and method', () => {
    for (const [tokenName, authorization] of Object.entries(TOKENS)) {
      for (const [originName, origin] of Object.entries(ORIGINS)) {
        for (const method of METHODS) {
          for (const url of ROUTES) {
            for (const upgrade of [false, true]) {
              const headers = {
                host: 'localhost',
                ...(authorization && { authorization }),
                ...(origin && { origin }),
              };
              const refusal = guard({ headers, method, url }, upgrade);
              const mayPass = tokenName === 'good' && (originName === 'absent' || originName === 'listed');
              expect(refusal === null, `${tokenName} ${originName} ${method} ${url} ${upgrade}`).toBe(
                mayPass,
              );
            }
          }
        }
      }
    }
  });

  test('answers 403 for a foreign Origin even with a good token, and 401 for a bad token', () => {
    const good = { host: 'localhost', authorization: `Bearer ${TOKEN}` };
    expect(
      guard({ headers: { ...good, origin: 'https://evil.example' }, method: 'GET', url: '/' }, false)?.status,
    ).toBe(403);
    expect(guard({ headers: { host: 'localhost' }, method: 'GET', url: '/' }, false)?.status).toBe(401);
  });

  test('refuses a Host that is not served here, so that a rebound name reaches nothing', () => {
    const authorization = `Bearer ${TOKEN}`;
    const ask = (host: string | undefined) =>
      guard({ headers: { authorization, ...(host && { host }) }, method: 'GET', url: '/v1/health' }, false);
    for (const host of ['localhost', 'localhost:8888', '127.0.0.1:80', '[::1]:80', 'farm.example']) {
      expect(ask(host), host).toBeNull();
    }
    for (const host of [
      undefined,
      'evil.example',
      'localhost.evil.example',
      '127.0.0.1.evil.example:80',
      'LOCALHOST',
    ]) {
      expect(ask(host)?.status, String(host)).toBe(403);
    }
  });

  test('leaves to a ticket only the upgrade of a stream and the reports of an exit and of samples', () => {
    const lease = 'l-0123456789abcdef';
    expect(usesTicket('GET', `/v1/streams/${lease}`, true)).toBe(true);
    expect(usesTicket('POST', `/v1/leases/${lease}/exit`, false)).toBe(true);
    expect(usesTicket('POST', `/v1/leases/${lease}/samples`, false)).toBe(true);
    expect(usesTicket('POST', `/v1/leases/${lease}/other`, false)).toBe(false);
    expect(usesTicket('GET', `/v1/streams/${lease}`, false)).toBe(false);
    expect(usesTicket('POST', `/v1/streams/${lease}`, true)).toBe(false);
    expect(usesTicket('GET', `/v1/leases/${lease}/exit`, false)).toBe(false);
    expect(usesTicket('GET', `/v1/streams/${lease}/../../runs`, true)).toBe(false);
    expect(usesTicket('GET', '/v1/streams/l-0123', true)).toBe(false);
  });

  test('compares secrets of any length', () => {
    expect(sameSecret('a', 'a')).toBe(true);
    expect(sameSecret('', 'a')).toBe(false);
    expect(sameSecret('a'.repeat(1000), 'a')).toBe(false);
  });
});
