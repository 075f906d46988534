// Upgrades of connections: the live feed (WebSocket, by token) and the streams of leases (raw bytes, by signed ticket). Everything is
// checked before the handshake; a refusal is a plain HTTP answer.
import { STATUS_CODES } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { AgentId, CellfarmError } from '@cellfarm/protocol';
import type { RunId } from '@cellfarm/protocol';
import { followOverSocket } from '../feed/socket-sink.js';
import { errorOf } from './error-response.js';
import type { AppParts } from './app.js';
import { pathOf } from './guard.js';
import { parseBody } from './parse-body.js';
import { afterOf, runOf } from './query.js';

const FEED = '/v1/feed';
const STREAM = /^\/v1\/streams\/(l-[0-9a-f]{16})$/;
const FEED_MESSAGE_BYTES = 256 * 2 ** 10;

type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

export function createUpgrade(parts: AppParts): UpgradeHandler {
  const feed = new WebSocketServer({
    noServer: true,
    maxPayload: FEED_MESSAGE_BYTES,
    perMessageDeflate: false,
  });
  return (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const refusal = parts.guard(request, true);
    if (refusal) {
      refuse(socket, refusal.status, refusal.error);
      return;
    }
    try {
      accept(parts, feed, request, socket, head);
    } catch (cause) {
      const { status, report } = errorOf(cause, parts.log, parts.logPath);
      refuse(socket, status, CellfarmError.from(report));
    }
  };
}

function accept(
  parts: AppParts,
  feed: WebSocketServer,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const protocol = request.headers.upgrade?.toLowerCase();
  const lease = STREAM.exec(pathOf(request.url))?.[1];
  if (lease !== undefined && protocol === 'cellfarm-stream') {
    openStream(parts, request, lease, socket, head);
    return;
  }
  if (url.pathname !== FEED || protocol !== 'websocket')
    throw new CellfarmError('C6004', { path: 'this path' });
  const run = runOf(url.searchParams.get('run'));
  const after = afterOf(url.searchParams.get('after'));
  parts.runs.check(run);
  openFeed(parts, feed, { request, socket, head, run, after, batch: url.searchParams.get('batch') === '1' });
}

interface FeedRequest {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly run: RunId;
  readonly after: number;
  readonly batch: boolean;
}

function openFeed(parts: AppParts, feed: WebSocketServer, asked: FeedRequest): void {
  const { request, socket, head, run, after, batch } = asked;
  feed.handleUpgrade(request, socket, head, (client) => {
    followOverSocket(client, socket, batch, (sink) => parts.feeds.follow(run, after, sink));
  });
}

function openStream(
  parts: AppParts,
  request: IncomingMessage,
  lease: string,
  socket: Duplex,
  head: Buffer,
): void {
  const ticket = parts.ticketFor(request, lease);
  const agent = parseBody(AgentId, request.headers['x-cellfarm-agent']);
  const holder = parts.leases.holderOf(ticket);
  if (!holder) throw new CellfarmError('C5004', { detail: 'its lease is over' });
  if (isSocket(socket)) socket.setNoDelay(true);
  holder.attach(ticket, agent, socket, head, () => {
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: cellfarm-stream\r\n\r\n',
    );
  });
}

function isSocket(socket: Duplex): socket is Socket {
  return 'setNoDelay' in socket;
}

function refuse(socket: Duplex, status: number, error: CellfarmError): void {
  if (!socket.writable) return;
  const body = JSON.stringify(error.report);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Content-Security-Policy: default-src 'none'",
    'X-Content-Type-Options: nosniff',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
