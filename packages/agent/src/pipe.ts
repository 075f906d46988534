// Joins a stream to the service and a connection at the door: bytes both ways, decoded by nobody here. Says when either side has
// ended; what that means is the holder's business.
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Flow } from './flow.js';

/** Largest frame: so much may wait for a process that is busy before the service is held back. */
const TO_PROCESS_AHEAD_BYTES = 64 * 2 ** 20;
/** The service closing the stream must be heard within seconds, also behind a backlog. */
const TO_PROCESS_PEEK = { bytes: 4 * 2 ** 20, everyMs: 250 };
const TO_SERVICE_AHEAD_BYTES = 8 * 2 ** 20;

export class Pipe {
  /** The service closed the stream, or the connection to it broke. */
  readonly streamEnded: Promise<void>;
  /** The process closed its connection. */
  readonly doorEnded: Promise<void>;
  private readonly toProcess: Flow;
  private toService: Flow | null = null;
  private door: Socket | null = null;
  private settleDoorEnded: () => void = () => undefined;

  constructor(
    private readonly stream: Socket,
    head: Uint8Array,
  ) {
    this.toProcess = new Flow(stream, head, { aheadBytes: TO_PROCESS_AHEAD_BYTES, peek: TO_PROCESS_PEEK });
    this.streamEnded = this.toProcess.ended;
    this.doorEnded = new Promise((resolve) => (this.settleDoorEnded = resolve));
  }

  /** The process has come to the door. To be called once. */
  join(door: Socket, head: Uint8Array): void {
    this.door = door;
    this.toService = new Flow(door, head, { aheadBytes: TO_SERVICE_AHEAD_BYTES, peek: null });
    this.toService.to(this.stream);
    this.toProcess.to(door);
    void this.toService.ended.then(this.settleDoorEnded);
  }

  /**
   * Settles when everything that the process said is on its way to the service, or the stream has ended. `quietMs`: a connection
   * that something else holds open has said everything when it is silent for so long; null: it is waited for.
   */
  async drained(quietMs: number | null): Promise<void> {
    const flow = this.toService;
    if (flow === null) return;
    if (quietMs === null) return flow.delivered;
    let settled = false;
    const delivered = flow.delivered.then(() => (settled = true));
    for (let moved = -1; !settled && !(flow.idle && flow.movedBytes === moved);) {
      moved = flow.movedBytes;
      await Promise.race([delivered, sleep(quietMs)]);
    }
  }

  /** Closes the process' connection, whatever is still to be said. */
  closeDoor(): void {
    this.door?.destroy();
    this.toProcess.dropAll();
  }

  /** Closes both sides; what the process said before is still sent. Settles when the stream is closed. */
  async close(): Promise<void> {
    this.closeDoor();
    if (this.stream.destroyed) return;
    const closed = new Promise((resolve) => this.stream.once('close', resolve));
    this.stream.end();
    this.stream.destroySoon();
    await closed;
  }
}
