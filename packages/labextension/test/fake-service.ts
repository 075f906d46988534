// A service that answers what a test says, and its feed; time is the test's (`vi.useFakeTimers`).
import type { RunEvent } from '@cellfarm/protocol';
import { Problem } from '../src/client/problem.js';
import type { ServiceClient } from '../src/client/service-client.js';
import type { FeedSocket } from '../src/client/live-feed.js';
import { graph } from './runs.js';

class FakeFeed implements FeedSocket {
  onopen: ((event: Event) => unknown) | null = null;
  onmessage: ((event: MessageEvent) => unknown) | null = null;
  onclose: ((event: CloseEvent) => unknown) | null = null;
  closed = false;
  close(): void {
    this.closed = true;
  }
}

export class FakeService {
  readonly feeds: FakeFeed[] = [];
  /** How often a plan was asked for. */
  asked = 0;
  /** What the next requests fail with; null: they are answered. */
  failure: Problem | null = null;
  cells: readonly object[] = [
    { cell_type: 'markdown', id: 'id-0', source: '# Sweep' },
    ...[1, 2, 3].map((at) => ({ cell_type: 'code', id: `id-${at}`, source: `x = ${at}` })),
  ];

  readonly client = {
    graph: async () => {
      this.asked += 1;
      return this.answer(graph);
    },
    notebook: async () => this.answer({ cells: this.cells }),
    record: async () => this.answer({}),
    feed: () => {
      const feed = new FakeFeed();
      this.feeds.push(feed);
      return feed;
    },
  } as unknown as ServiceClient;

  say(events: readonly RunEvent[]): void {
    this.feeds.at(-1)?.onmessage?.({ data: JSON.stringify(events) } as MessageEvent);
  }

  cut(): void {
    this.feeds.at(-1)?.onclose?.({} as CloseEvent);
  }

  private answer<T>(value: T): T {
    if (this.failure) throw this.failure;
    return value;
  }
}

export const away = new Problem(503, null, 'the service is starting');
export const noSuchRun = new Problem(404, null, 'there is no run r-1');
