// The agent's door: one Unix socket in a private folder, where every process of the agent comes in. A process says its nonce and a
// newline; the door hands the connection to whoever expects that nonce. One that comes early waits a while for its lease.
// What is said after the nonce is not the door's business.
import { rmSync } from 'node:fs';
import { chmod, mkdtemp } from 'node:fs/promises';
import { type Server, type Socket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Log } from './log.js';

/** Longest nonce accepted, in bytes. */
const NONCE_LIMIT = 256;
/** sun_path holds 104 bytes on the narrowest system, one of them the closing zero. */
const PATH_LIMIT = 103;
const FOLDER_PREFIX = 'cellfarm-door-';

export interface DoorOptions {
  /** How long an early process waits for its lease, and a silent one for its nonce, in milliseconds. @default 10000 */
  readonly waitMs?: number;
}

/** A process at the door, and what it said already after its nonce. */
export interface Visitor {
  readonly socket: Socket;
  readonly head: Uint8Array;
}

/** The wish for one visitor. */
export interface Expectation {
  readonly arrived: Promise<Visitor>;
  /** Takes the wish back; who comes with the nonce later is turned away. */
  end(): void;
}

export class Door {
  private readonly expected = new Map<string, (visitor: Visitor) => void>();
  private readonly early = new Map<string, Visitor & { readonly decided: () => void }>();
  /** Connections that have not said their nonce, or wait for its lease. */
  private readonly undecided = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly path: string,
    private readonly waitMs: number,
    private readonly log: Log,
  ) {
    server.on('connection', (socket) => this.listenTo(socket));
  }

  static async open(log: Log, { waitMs = 10_000 }: DoorOptions = {}): Promise<Door> {
    const folder = await mkdtemp(join(shortFolder(), FOLDER_PREFIX));
    await chmod(folder, 0o700);
    const path = join(folder, 'd');
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
    return new Door(server, path, waitMs, log);
  }

  /** Expects the process that will say `nonce`. Each nonce lets one process in, once. */
  expect(nonce: string): Expectation {
    const early = this.early.get(nonce);
    const arrived = new Promise<Visitor>((resolve) => {
      if (early) {
        this.early.delete(nonce);
        early.decided();
        resolve({ socket: early.socket, head: early.head });
      } else {
        this.expected.set(nonce, resolve);
      }
    });
    return { arrived, end: () => this.expected.delete(nonce) };
  }

  /** Lets nobody in any more and removes the folder. Those inside stay. */
  close(): void {
    this.server.close();
    for (const socket of this.undecided) socket.destroy();
    removeDoor(this.path);
  }

  private listenTo(socket: Socket): void {
    this.undecided.add(socket);
    let said = Buffer.alloc(0);
    const timer = setTimeout(() => this.turnAway(socket, 'no lease expects it'), this.waitMs);
    timer.unref();
    const forget = (): void => {
      clearTimeout(timer);
      this.undecided.delete(socket);
    };
    socket.on('error', (error) =>
      this.log.debug({ reason: error.message }, 'a connection at the door broke'),
    );
    socket.once('close', forget);
    const hear = (chunk: Buffer): void => {
      said = Buffer.concat([said, chunk]);
      const end = said.indexOf('\n');
      if (end < 0 && said.byteLength <= NONCE_LIMIT) return;
      socket.off('data', hear);
      socket.pause();
      if (end < 0 || end > NONCE_LIMIT) {
        this.turnAway(socket, 'it said no nonce');
        return;
      }
      const nonce = said.toString('latin1', 0, end);
      const visitor = { socket, head: said.subarray(end + 1) };
      socket.once('close', () => this.early.get(nonce)?.socket === socket && this.early.delete(nonce));
      this.letIn(nonce, visitor, forget);
    };
    socket.on('data', hear);
  }

  private letIn(nonce: string, visitor: Visitor, decided: () => void): void {
    const expecting = this.expected.get(nonce);
    if (expecting) {
      decided();
      this.expected.delete(nonce);
      expecting(visitor);
    } else if (this.early.has(nonce)) {
      this.turnAway(visitor.socket, 'another process came with its nonce');
    } else {
      this.early.set(nonce, { ...visitor, decided });
    }
  }

  private turnAway(socket: Socket, reason: string): void {
    this.log.warn({ reason }, 'a process was turned away at the door');
    socket.destroy();
  }
}

/** The system's temporary folder where a socket path in it fits, else /tmp. */
function shortFolder(): string {
  const longest = join(tmpdir(), `${FOLDER_PREFIX}XXXXXX`, 'd');
  return Buffer.byteLength(longest) <= PATH_LIMIT ? tmpdir() : '/tmp';
}

/** Removes a door's folder, also that of a dead agent; leaves alone what is no such folder. */
export function removeDoor(path: string): void {
  const folder = dirname(path);
  if (basename(folder).startsWith(FOLDER_PREFIX)) rmSync(folder, { recursive: true, force: true });
}
