// Copies bytes in one direction, unchanged and unread. What arrives in one turn of the event loop is one write. A slow target holds the
// source back once `aheadBytes` wait here. A source that is held back cannot say that it has ended, so where that must be
// heard (`peek`), a little more is read from it now and then.
import type { Socket } from 'node:net';

export interface FlowOptions {
  /** Bytes that may wait for a slow target before the source is held back. */
  readonly aheadBytes: number;
  /** What is read from a source that is held back, and how often (ms); null: nothing. */
  readonly peek: { readonly bytes: number; readonly everyMs: number } | null;
}

export class Flow {
  /** Settles when the source has ended, and all it said is handed to the target's system or has become undeliverable. */
  readonly delivered: Promise<void>;
  /** Settles as soon as the source has ended. */
  readonly ended: Promise<void>;
  /** Bytes handed to the target so far. */
  movedBytes = 0;

  private waiting: Uint8Array[] = [];
  private waitingBytes = 0;
  private target: Socket | null = null;
  private writing = 0;
  private turnPlanned = false;
  private sourceEnded = false;
  private dropped = false;
  private allowance: number;
  private timer: NodeJS.Timeout | null = null;
  private settleEnded: () => void = () => undefined;
  private settleDelivered: () => void = () => undefined;

  /** @param head bytes of the source that were read before */
  constructor(
    private readonly source: Socket,
    head: Uint8Array,
    private readonly options: FlowOptions,
  ) {
    this.allowance = options.aheadBytes;
    this.ended = new Promise((resolve) => (this.settleEnded = resolve));
    this.delivered = new Promise((resolve) => (this.settleDelivered = resolve));
    if (head.byteLength > 0) this.receive(head);
    source.on('data', (chunk: Buffer) => this.receive(chunk));
    for (const event of ['end', 'close', 'error']) source.on(event, () => this.endSource());
    if (source.destroyed || source.readableEnded) this.endSource();
    else source.resume();
  }

  /** Where the bytes go, those that wait first. To be called once. */
  to(target: Socket): void {
    this.target = target;
    target.on('drain', () => this.planTurn());
    for (const event of ['close', 'error']) target.on(event, () => this.dropAll());
    if (target.destroyed) this.dropAll();
    else this.write();
  }

  /** Gives up what was not handed over. */
  dropAll(): void {
    this.dropped = true;
    this.waiting = [];
    this.waitingBytes = 0;
    this.writing = 0;
    this.settleDelivered();
    this.letGo();
  }

  private receive(chunk: Uint8Array): void {
    if (this.dropped) return;
    this.waiting.push(chunk);
    this.waitingBytes += chunk.byteLength;
    this.planTurn();
    if (this.backlog() > this.allowance) this.holdBack();
  }

  /** Whether all that was read is handed over. */
  get idle(): boolean {
    return this.waiting.length === 0 && this.writing === 0;
  }

  /** Bytes read and not yet handed to the target's system. */
  private backlog(): number {
    return this.waitingBytes + (this.target?.writableLength ?? 0);
  }

  private planTurn(): void {
    if (this.turnPlanned) return;
    this.turnPlanned = true;
    setImmediate(() => {
      this.turnPlanned = false;
      this.write();
    });
  }

  private write(): void {
    const target = this.target;
    if (target === null || target.destroyed) return;
    if (!target.writableNeedDrain && this.waiting.length > 0) {
      const chunks = this.waiting;
      this.movedBytes += this.waitingBytes;
      this.waiting = [];
      this.waitingBytes = 0;
      this.writing += 1;
      target.cork();
      chunks.forEach((chunk, index) => {
        const isLast = index === chunks.length - 1;
        target.write(chunk, isLast ? () => this.written() : undefined);
      });
      target.uncork();
    }
    if (this.backlog() <= this.options.aheadBytes) this.letGo();
  }

  private written(): void {
    this.writing = Math.max(0, this.writing - 1);
    this.settleIfDelivered();
    if (this.waiting.length > 0) this.planTurn();
    else if (this.backlog() <= this.options.aheadBytes) this.letGo();
  }

  private endSource(): void {
    if (this.sourceEnded) return;
    this.sourceEnded = true;
    this.stopPeeking();
    this.settleEnded();
    this.settleIfDelivered();
  }

  private settleIfDelivered(): void {
    if (this.sourceEnded && this.idle) this.settleDelivered();
  }

  private holdBack(): void {
    if (this.sourceEnded) return;
    this.source.pause();
    const { peek } = this.options;
    if (peek === null || this.timer !== null) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.allowance = this.backlog() + peek.bytes;
      this.source.resume();
    }, peek.everyMs);
    this.timer.unref();
  }

  private letGo(): void {
    this.stopPeeking();
    this.allowance = this.options.aheadBytes;
    if (this.source.isPaused() && !this.sourceEnded) this.source.resume();
  }

  private stopPeeking(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }
}
