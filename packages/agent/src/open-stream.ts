// Opens the one connection of a lease to the service, and tells the service over others how the process ended and what the machine
// did. HTTP over a Unix socket or TCP; the signed ticket is the permission for all.
// Does not try again: the service offers the lease again.
import { type IncomingMessage, type RequestOptions, request } from 'node:http';
import type { Socket } from 'node:net';
import type { AgentId, Endpoint, LeaseId, ProcessExit, SignedTicket } from '@cellfarm/protocol';

const PATIENCE_MS = 10_000;
/** A broken connection to another host shows after this long without a word, in milliseconds. */
const KEEP_ALIVE_MS = 10_000;

/** What authorises an agent to speak for a lease. */
export interface Credentials {
  readonly lease: LeaseId;
  readonly signed: SignedTicket;
  readonly agent: AgentId;
}

/** An open stream, and what came over it already. */
export interface OpenStream {
  readonly socket: Socket;
  readonly head: Uint8Array;
}

/** The service answered, but not with what was asked for. */
class Refusal extends Error {
  constructor(
    readonly status: number,
    body: string,
  ) {
    super(`the service answered ${status}${body === '' ? '' : `: ${body.slice(0, 500)}`}`);
    this.name = 'Refusal';
  }
}

function optionsFor(endpoint: Endpoint, { signed, agent }: Credentials): RequestOptions {
  const address = 'socket' in endpoint ? { socketPath: endpoint.socket } : endpoint;
  return {
    ...address,
    agent: false,
    headers: {
      'x-cellfarm-ticket': Buffer.from(JSON.stringify(signed)).toString('base64'),
      'x-cellfarm-agent': agent,
    },
  };
}

/** Opens the stream. Rejects with Refusal, or with the system's error when the service is not there. */
export function openStream(endpoint: Endpoint, credentials: Credentials): Promise<OpenStream> {
  const options = optionsFor(endpoint, credentials);
  return new Promise((resolve, reject) => {
    const asked = request({
      ...options,
      path: `/v1/streams/${credentials.lease}`,
      headers: { ...options.headers, connection: 'Upgrade', upgrade: 'cellfarm-stream' },
      timeout: PATIENCE_MS,
    });
    asked.once('upgrade', (_answer, socket, head) => {
      socket.setTimeout(0);
      if ('host' in endpoint) socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS);
      resolve({ socket, head });
    });
    asked.once('response', (answer) => {
      textOf(answer).then((body) => reject(new Refusal(answer.statusCode ?? 0, body)), reject);
    });
    asked.once('timeout', () => asked.destroy(new Error(`the service said nothing for ${PATIENCE_MS} ms`)));
    asked.once('error', reject);
    asked.end();
  });
}

/** Tells the service how the process behind a stream ended. To be called before the stream is closed. */
export async function reportExit(
  endpoint: Endpoint,
  credentials: Credentials,
  exit: ProcessExit,
): Promise<void> {
  await post(endpoint, credentials, 'exit', exit);
}

export interface PostOptions {
  /** Longest silence of the service, in ms. @default 10000 */
  readonly patienceMs?: number;
  /** Gives the request up. */
  readonly signal?: AbortSignal;
}

/** Sends JSON about a lease, and gives the body of the answer. Rejects as `openStream` does. */
export function post(
  endpoint: Endpoint,
  credentials: Credentials,
  about: 'exit' | 'samples',
  content: object,
  { patienceMs = PATIENCE_MS, signal }: PostOptions = {},
): Promise<string> {
  const options = optionsFor(endpoint, credentials);
  const body = JSON.stringify(content);
  return new Promise((resolve, reject) => {
    const asked = request({
      ...options,
      method: 'POST',
      path: `/v1/leases/${credentials.lease}/${about}`,
      headers: {
        ...options.headers,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      },
      timeout: patienceMs,
      ...(signal && { signal }),
    });
    asked.once('response', (answer) => {
      const status = answer.statusCode ?? 0;
      textOf(answer).then(
        (text) => (status < 300 ? resolve(text) : reject(new Refusal(status, text))),
        reject,
      );
    });
    asked.once('timeout', () => asked.destroy(new Error(`the service said nothing for ${patienceMs} ms`)));
    asked.on('error', reject);
    asked.end(body);
  });
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
