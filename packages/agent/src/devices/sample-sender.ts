// Sends samples to each service that this agent has a genuine ticket of. While no run goes on and nobody looks there, one request
// waits at the service and nothing is sampled; its answer says that this has changed. A service that is not there is forgotten until its next ticket.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Endpoint, type SamplePost, SampleReceipt } from '@cellfarm/protocol';
import type { Log } from '../log.js';
import { type Credentials, post } from '../open-stream.js';
import type { Sampler } from './sampler.js';
import { steadyNow } from './steady-clock.js';

const BATCH = 60;
/** The service answers a waiting request within half a minute. */
const PATIENCE_MS = 45_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
const MOST_FAILURES = 6;

/** A service, by the latest ticket that it gave. */
interface Followed {
  readonly endpoint: Endpoint;
  credentials: Credentials;
}

export class SampleSender {
  private readonly services = new Map<string, Followed>();
  private readonly loops = new Set<Promise<void>>();
  private readonly over = new AbortController();

  constructor(
    private readonly sampler: Sampler,
    private readonly log: Log,
  ) {}

  /** A service owned to a ticket: it may ask for samples from now on. */
  heard(endpoint: Endpoint, credentials: Credentials): void {
    if (this.over.signal.aborted) return;
    const name = JSON.stringify(endpoint);
    const known = this.services.get(name);
    if (known) {
      known.credentials = credentials;
      return;
    }
    const service = { endpoint, credentials };
    this.services.set(name, service);
    const loop = this.follow(service).finally(() => {
      this.services.delete(name);
      this.loops.delete(loop);
    });
    this.loops.add(loop);
  }

  /** Settles when nothing is sampled or sent any more. */
  async end(): Promise<void> {
    this.over.abort();
    await Promise.all(this.loops);
  }

  private async follow(service: Followed): Promise<void> {
    const { signal } = this.over;
    let receipt: SampleReceipt = { watched: false, after: 0 };
    let failures = 0;
    while (!signal.aborted && failures < MOST_FAILURES) {
      try {
        receipt = await this.send(service, receipt);
        failures = 0;
        if (receipt.watched) {
          this.sampler.want(service);
          if (this.sampler.after(receipt.after, 1).length === 0) await this.sampler.next(signal);
        } else {
          this.sampler.release(service);
        }
      } catch (error) {
        this.sampler.release(service);
        receipt = { ...receipt, watched: false };
        failures += 1;
        if (signal.aborted) break;
        this.log.debug({ reason: String(error) }, 'samples could not be sent');
        const wait = Math.min(FIRST_WAIT_MS * 2 ** failures, LONGEST_WAIT_MS);
        await sleep(wait, undefined, { signal, ref: false }).catch(() => undefined);
      }
    }
    this.sampler.release(service);
  }

  private async send(
    { endpoint, credentials }: Followed,
    { watched, after }: SampleReceipt,
  ): Promise<SampleReceipt> {
    const samples = watched ? this.sampler.after(after, BATCH) : [];
    const body: SamplePost = { now: steadyNow(), wait: !watched, samples };
    const options = { patienceMs: PATIENCE_MS, signal: this.over.signal };
    const answer = await post(endpoint, credentials, 'samples', body, options);
    return SampleReceipt.parse(JSON.parse(answer));
  }
}
