// Follows one run's events and comes back after a cut from the last sequence number it saw. Decides when to try again;
// what the events mean is the receiver's.
import type { RunEvent } from '@cellfarm/protocol';
import { parseEvents } from './service-client.js';

/** `live`: connected; `away`: cut, tries again; `ended`: the run is finished, nothing more will come. */
export type FeedState = 'live' | 'away' | 'ended';

/** What is used of a WebSocket. */
export interface FeedSocket {
  onopen: ((event: Event) => unknown) | null;
  onmessage: ((event: MessageEvent) => unknown) | null;
  onclose: ((event: CloseEvent) => unknown) | null;
  close(): void;
}

export interface FeedOptions {
  readonly open: (after: number) => FeedSocket;
  readonly onEvents: (events: readonly RunEvent[]) => void;
  readonly onState: (state: FeedState) => void;
  /** Calls back after some milliseconds; returns what takes that back. */
  readonly later: (callback: () => void, ms: number) => () => void;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;

export class LiveFeed {
  private after: number;
  private finished = false;
  private stopped = false;
  private waitMs = FIRST_WAIT_MS;
  private socket: FeedSocket | null = null;
  private takeBack: (() => void) | null = null;

  constructor(
    private readonly options: FeedOptions,
    after = 0,
  ) {
    this.after = after;
    this.connect();
  }

  stop(): void {
    this.stopped = true;
    this.takeBack?.();
    this.socket?.close();
  }

  private connect(): void {
    const socket = this.options.open(this.after);
    this.socket = socket;
    socket.onopen = () => {
      this.waitMs = FIRST_WAIT_MS;
      if (!this.stopped) this.options.onState('live');
    };
    socket.onmessage = ({ data }) => {
      if (!this.stopped) this.take(parseEvents(data));
    };
    socket.onclose = () => {
      if (!this.stopped) this.lost();
    };
  }

  private take(events: readonly RunEvent[]): void {
    const fresh = events.filter(({ seq }) => seq > this.after);
    const last = fresh.at(-1);
    if (!last) return;
    this.after = last.seq;
    this.finished = last.type === 'run.finished';
    this.options.onEvents(fresh);
  }

  private lost(): void {
    this.options.onState(this.finished ? 'ended' : 'away');
    if (this.finished) return;
    this.takeBack = this.options.later(() => this.connect(), this.waitMs);
    this.waitMs = Math.min(this.waitMs * 2, LONGEST_WAIT_MS);
  }
}
