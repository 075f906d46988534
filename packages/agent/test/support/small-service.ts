// The service's end of streams and exit reports, small enough to see through: it keeps what arrives and lets a test answer.
import { createHash, randomBytes } from 'node:crypto';
import { type Server, createServer } from 'node:http';
import type { Socket } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Endpoint, LeaseId, ProcessExit, SignedTicket } from '@cellfarm/protocol';

/** The service's side of one lease. */
export class Stream {
  received = 0;
  closed = false;
  exit: ProcessExit | null = null;
  /** Whether the exit was known when the stream closed. */
  exitBeforeClose = false;
  readonly digest = createHash('sha256');
  private text = Buffer.alloc(0);
  private readonly watchers = new Set<() => void>();

  constructor(
    readonly socket: Socket,
    readonly agent: string,
  ) {
    socket.on('data', (chunk: Buffer) => {
      this.received += chunk.byteLength;
      this.digest.update(chunk);
      if (this.text.byteLength < 100_000) this.text = Buffer.concat([this.text, chunk]);
      this.changed();
    });
    socket.on('error', () => undefined);
    // an HTTP server's sockets stay half open: the service takes the end of one direction for the end
    socket.on('end', () => socket.destroy());
    socket.on('close', () => {
      this.closed = true;
      this.exitBeforeClose = this.exit !== null;
      this.changed();
    });
  }

  get said(): string {
    return this.text.toString('utf8');
  }

  changed(): void {
    for (const watcher of this.watchers) watcher();
  }

  async until(condition: (stream: this) => boolean): Promise<this> {
    while (!condition(this)) {
      await new Promise<void>((resolve) => {
        const watcher = (): void => {
          this.watchers.delete(watcher);
          resolve();
        };
        this.watchers.add(watcher);
      });
    }
    return this;
  }
}

export class SmallService {
  readonly streams = new Map<string, Stream>();
  /** Leases whose streams it refuses. */
  readonly refused = new Set<string>();
  private readonly folder = mkdtempSync(join(tmpdir(), 'cf-service-'));
  private readonly opened = new Map<string, (stream: Stream) => void>();
  private readonly server: Server;

  private constructor() {
    this.server = createServer({ maxHeaderSize: 65_536 }, (asked, answer) => {
      const lease = /^\/v1\/leases\/(.+)\/exit$/.exec(asked.url ?? '')?.[1] ?? '';
      const stream = this.streams.get(lease);
      const chunks: Buffer[] = [];
      asked.on('data', (chunk: Buffer) => chunks.push(chunk));
      asked.on('end', () => {
        if (stream) {
          stream.exit = ProcessExit.parse(JSON.parse(Buffer.concat(chunks).toString()));
          stream.changed();
        }
        answer.writeHead(stream ? 202 : 404).end('{}');
      });
    });
    this.server.on('upgrade', (asked, socket: Socket, head) => {
      const lease = /^\/v1\/streams\/(.+)$/.exec(asked.url ?? '')?.[1] ?? '';
      const ticket = Buffer.from(String(asked.headers['x-cellfarm-ticket']), 'base64').toString();
      SignedTicket.parse(JSON.parse(ticket));
      if (asked.headers.upgrade !== 'cellfarm-stream' || this.refused.has(lease)) {
        socket.end('HTTP/1.1 410 Gone\r\ncontent-length: 4\r\n\r\nover');
        return;
      }
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: cellfarm-stream\r\n\r\n',
      );
      if (head.byteLength > 0) socket.unshift(head);
      const stream = new Stream(socket, String(asked.headers['x-cellfarm-agent']));
      this.streams.set(lease, stream);
      this.opened.get(lease)?.(stream);
    });
  }

  static async open(): Promise<SmallService> {
    const service = new SmallService();
    await new Promise<void>((resolve) => service.server.listen(service.endpoint.socket, resolve));
    return service;
  }

  get endpoint(): Extract<Endpoint, { socket: string }> {
    return { socket: join(this.folder, 's') };
  }

  /** The stream of a lease, when its agent has opened it. */
  stream(lease: string): Promise<Stream> {
    const known = this.streams.get(lease);
    return known ? Promise.resolve(known) : new Promise((resolve) => this.opened.set(lease, resolve));
  }

  close(): void {
    for (const stream of this.streams.values()) stream.socket.destroy();
    this.server.close();
    rmSync(this.folder, { recursive: true });
  }
}

export function newLease(): LeaseId {
  return LeaseId.parse(`l-${randomBytes(8).toString('hex')}`);
}
