// Decides who gets past the door of the service: Host and Origin first, then the bearer token. The same verdict serves every route,
// every method and every upgrade. What a signed ticket may do instead of a token is decided by its routes, not here.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { CellfarmError } from '@cellfarm/protocol';

export interface GuardOptions {
  readonly token: string;
  /** Host names that may be asked for, without port. Loopback names always may. */
  readonly hosts: readonly string[];
  /** Origins of browsers that may ask, compared whole. Requests without an Origin are no browser's. */
  readonly origins: readonly string[];
}

export type Guard = (
  request: Pick<IncomingMessage, 'headers' | 'method' | 'url'>,
  upgrade: boolean,
) => Refusal | null;
export interface Refusal {
  readonly status: 401 | 403;
  readonly error: CellfarmError;
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
const STREAM = /^\/v1\/streams\/l-[0-9a-f]{16}$/;
const REPORT = /^\/v1\/leases\/l-[0-9a-f]{16}\/(exit|samples)$/;

/** A request that proves itself by a signed ticket, which its handler verifies. */
export function usesTicket(method: string | undefined, url: string | undefined, upgrade: boolean): boolean {
  const path = pathOf(url);
  return upgrade ? method === 'GET' && STREAM.test(path) : method === 'POST' && REPORT.test(path);
}

export function pathOf(url: string | undefined): string {
  return (url ?? '/').split('?', 1)[0] ?? '/';
}

/** Compares in constant time whatever the lengths are. */
export function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function hostName(host: string): string {
  return host.replace(/:\d{1,5}$/, '');
}

export function createGuard(options: GuardOptions): Guard {
  const hosts = new Set([...LOOPBACK, ...options.hosts]);
  const origins = new Set(options.origins);
  return (request, upgrade) => {
    const { host, origin, authorization } = request.headers;
    if (host === undefined || !hosts.has(hostName(host))) return forbidden('its Host is not served here');
    if (origin !== undefined && !origins.has(origin)) return forbidden('its Origin is not allowed');
    if (usesTicket(request.method, request.url, upgrade)) return null;
    const token = /^Bearer ([\x21-\x7e]+)$/.exec(authorization ?? '')?.[1];
    if (token === undefined || !sameSecret(token, options.token)) {
      return { status: 401, error: new CellfarmError('C6002') };
    }
    return null;
  };
}

function forbidden(detail: string): Refusal {
  return { status: 403, error: new CellfarmError('C6003', { detail }) };
}
