// What agents sampled in the last ten minutes, in memory only, and whether they are to sample: only while a run goes on, or somebody
// asked for it lately. Times are moved to this service's clock where an agent's is far off.
import type { AgentId, MachineSample, Millis, SamplePost, SampleReceipt } from '@cellfarm/protocol';

const REMEMBERED = 600;
/** Clocks that differ less are taken for the same. */
const SAME_CLOCK_MS = 2_000;
/** An agent that sent nothing for so long is forgotten. */
const FORGET_MS = 15 * 60_000;

export interface SampleBookOptions {
  now(): Millis;
  /** Whether a run goes on: then every agent samples, looked at or not. */
  isWorking(): boolean;
  /** How long one question keeps an agent sampling, in ms. @default 30000 */
  readonly interestMs?: number;
  /** Longest time that an agent waits for somebody to look, in ms. @default 25000 */
  readonly waitMs?: number;
}

interface Page {
  readonly samples: MachineSample[];
  /** Time of the newest sample by the agent's clock. */
  newest: Millis;
  heardAt: Millis;
}

export class SampleBook {
  private readonly pages = new Map<AgentId, Page>();
  private readonly looks = new Map<AgentId, Millis>();
  private readonly waiting = new Map<AgentId, Set<() => void>>();

  constructor(private readonly options: SampleBookOptions) {}

  /** Samples of an agent later than `after`; keeps it sampling for a while. */
  look(agent: AgentId, after: Millis): MachineSample[] {
    const now = this.options.now();
    for (const [other, at] of this.looks) if (now - at > this.interestMs) this.looks.delete(other);
    this.looks.set(agent, now);
    for (const tell of this.waiting.get(agent) ?? []) tell();
    return this.pages.get(agent)?.samples.filter(({ time }) => time > after) ?? [];
  }

  /** A run begins: agents that wait begin to sample. */
  begin(): void {
    for (const waiting of this.waiting.values()) for (const tell of waiting) tell();
  }

  /** Keeps what an agent sent. Answers at once, or, if the agent wants to wait, when it is to sample or `gone` aborts. */
  async take(agent: AgentId, post: SamplePost, gone: AbortSignal): Promise<SampleReceipt> {
    const page = this.pageOf(agent);
    const behind = page.heardAt - post.now;
    const shift = Math.abs(behind) < SAME_CLOCK_MS ? 0 : behind;
    // A clock that was set back: what comes from now on is new again.
    if (page.newest > post.now + SAME_CLOCK_MS) page.newest = post.now;
    for (const sample of post.samples) {
      if (sample.time <= page.newest) continue;
      page.newest = sample.time;
      page.samples.push({ ...sample, time: sample.time + shift });
    }
    page.samples.splice(0, page.samples.length - REMEMBERED);
    if (post.wait && !this.isWatched(agent)) await this.untilLooked(agent, gone);
    return { watched: this.isWatched(agent), after: page.newest };
  }

  private get interestMs(): number {
    return this.options.interestMs ?? 30_000;
  }

  private isWatched(agent: AgentId): boolean {
    if (this.options.isWorking()) return true;
    const at = this.looks.get(agent);
    return at !== undefined && this.options.now() - at <= this.interestMs;
  }

  private pageOf(agent: AgentId): Page {
    const heardAt = this.options.now();
    for (const [other, page] of this.pages) if (heardAt - page.heardAt > FORGET_MS) this.pages.delete(other);
    const page = this.pages.get(agent) ?? { samples: [], newest: 0, heardAt };
    page.heardAt = heardAt;
    this.pages.set(agent, page);
    return page;
  }

  private untilLooked(agent: AgentId, gone: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.waiting.get(agent) ?? new Set();
      this.waiting.set(agent, waiting);
      const done = (): void => {
        clearTimeout(timer);
        gone.removeEventListener('abort', done);
        waiting.delete(done);
        if (waiting.size === 0 && this.waiting.get(agent) === waiting) this.waiting.delete(agent);
        resolve();
      };
      const timer = setTimeout(done, this.options.waitMs ?? 25_000);
      timer.unref();
      waiting.add(done);
      gone.addEventListener('abort', done);
      if (gone.aborted) done();
    });
  }
}
