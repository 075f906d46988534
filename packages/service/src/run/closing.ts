// Ends a run in order: variables are digested where that was asked for, home is let go so that it can flush and close what it holds,
// the record is written, and only then does `run.finished` say so. Every wait has an end.
import { FRAME } from '@cellfarm/protocol';
import type { ErrorReport, RunState } from '@cellfarm/protocol';
import type { Desk } from './desk.js';
import type { Slots } from './slots.js';

export interface Outcome {
  readonly state: Exclude<RunState, 'running'>;
  readonly error: ErrorReport | null;
}

export interface ClosingOptions {
  /** Longest wait for the digests of the final variables, ms. */
  readonly inspectMs: number;
  /** Longest wait for home to end by itself, ms. */
  readonly leaveMs: number;
}

const DEFAULTS: ClosingOptions = { inspectMs: 120_000, leaveMs: 2_000 };

type Stage = 'open' | 'inspecting' | 'leaving' | 'closed';

export class Closing {
  private stage: Stage = 'open';
  private outcome: Outcome | null = null;
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly desk: Desk,
    private readonly slots: Slots,
    /** Writes the record and ends the run; called once. */
    private readonly complete: (outcome: Outcome) => void,
    private readonly options: ClosingOptions = DEFAULTS,
  ) {}

  get begun(): boolean {
    return this.stage !== 'open';
  }

  begin(outcome: Outcome): void {
    if (this.stage !== 'open') return;
    this.outcome = outcome;
    const home = this.slots.home();
    const wanted = this.desk.settings.inspect && (outcome.state === 'done' || outcome.state === 'raised');
    if (!home || !wanted) {
      this.leave();
      return;
    }
    this.stage = 'inspecting';
    this.slots.send(home, { type: FRAME.inspect });
    this.wait(this.options.inspectMs, () => this.leave());
  }

  /** Home answered `inspected`. */
  inspected(): void {
    if (this.stage === 'inspecting') this.leave();
  }

  /** Home is gone, asked or not. */
  homeGone(): void {
    if (this.stage === 'inspecting' || this.stage === 'leaving') this.finish();
  }

  /** No more waiting. */
  hurry(): void {
    if (this.stage === 'inspecting' || this.stage === 'leaving') this.finish();
  }

  private leave(): void {
    const home = this.slots.home();
    if (!home || this.outcome?.state === 'cancelled') {
      this.finish();
      return;
    }
    this.stage = 'leaving';
    this.slots.end(home);
    this.wait(this.options.leaveMs, () => this.finish());
  }

  private finish(): void {
    if (this.stage === 'closed' || !this.outcome) return;
    this.stage = 'closed';
    this.forget();
    this.slots.closeAll();
    this.complete(this.outcome);
  }

  private wait(ms: number, then: () => void): void {
    this.forget();
    this.timer = setTimeout(then, ms);
  }

  private forget(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
  }
}
