// Talks to a service over its Unix socket: JSON requests and the live feed, which is resumed by sequence number.
import { request } from 'node:http';
import { WebSocket } from 'ws';
import { CellfarmError, ErrorReport } from '@cellfarm/protocol';
import type { RunEvent, RunId, ServiceAddress } from '@cellfarm/protocol';

/** Thrown when nobody answers; callers wait for the supervisor to start another service. */
export class Unreachable extends Error {}

/** How long a service may take to answer, ms. One that takes longer hangs, or is stopped. */
const ANSWER_MS = 60_000;

export interface Patience {
  /** @default 60000 */
  readonly answerMs?: number;
  /** Ends the waiting. @default none */
  readonly signal?: AbortSignal;
}

export class ServiceClient {
  constructor(readonly address: Pick<ServiceAddress, 'socket' | 'token'>) {}

  get<T>(path: string, patience?: Patience): Promise<T> {
    return this.json<T>('GET', path, undefined, patience);
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.json<T>('POST', path, JSON.stringify(body));
  }

  /** The body of an answer as text. Throws CellfarmError for an error answer, Unreachable when there is none in time. */
  text(method: string, path: string, body?: string, patience: Patience = {}): Promise<string> {
    const { answerMs = ANSWER_MS, signal } = patience;
    const late = AbortSignal.timeout(answerMs);
    return new Promise((resolve, reject) => {
      const call = request({
        signal: signal === undefined ? late : AbortSignal.any([late, signal]),
        socketPath: this.address.socket,
        method,
        path,
        headers: {
          authorization: `Bearer ${this.address.token}`,
          ...(body === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
        },
      });
      const gone = (cause: Error): void => {
        const why = late.aborted ? `no answer within ${answerMs / 1000} s` : cause.message;
        reject(new Unreachable(why, { cause }));
      };
      call.on('error', gone);
      call.on('response', (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', gone);
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          if ((answer.statusCode ?? 500) < 400) resolve(text);
          else reject(errorOf(text, answer.statusCode ?? 500));
        });
      });
      call.end(body);
    });
  }

  private async json<T>(method: string, path: string, body?: string, patience?: Patience): Promise<T> {
    return JSON.parse(await this.text(method, path, body, patience)) as T;
  }

  /** Events of a run after `after`, as they happen; `closed` is called once when the socket ends for any reason. */
  feed(run: RunId, after: number, event: (event: RunEvent) => void, closed: () => void): { close(): void } {
    const socket = new WebSocket(`ws+unix:${this.address.socket}:/v1/feed?run=${run}&after=${after}`, {
      headers: { authorization: `Bearer ${this.address.token}` },
      perMessageDeflate: false,
    });
    socket.on('message', (data: Buffer) => event(JSON.parse(data.toString('utf8')) as RunEvent));
    socket.on('error', () => socket.terminate());
    socket.on('close', closed);
    return { close: () => socket.close() };
  }
}

function errorOf(text: string, status: number): CellfarmError {
  try {
    const parsed = ErrorReport.safeParse(JSON.parse(text));
    if (parsed.success) return CellfarmError.from(parsed.data);
  } catch (cause) {
    return new CellfarmError(
      'C5008',
      { detail: `answer ${status} is not JSON`, log: 'the service' },
      { cause },
    );
  }
  return new CellfarmError('C5008', {
    detail: `answer ${status}: ${text.slice(0, 200)}`,
    log: 'the service',
  });
}
