// The runs of this service: accepts, resumes, cancels and finds them. Each run's life is its coordinator's; what the journal says of runs
// that nobody works on is told from here.
import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { CellfarmError } from '@cellfarm/protocol';
import type {
  AgentInfo,
  RunAccepted,
  RunId,
  RunOptions,
  RunSummary,
  StartRun,
  TargetName,
  TaskGraph,
  TaskId,
} from '@cellfarm/protocol';
import type { LeaseQueue } from '@cellfarm/queue';
import type { Feeds } from '../feed/feeds.js';
import type { JournaledRun } from '../journal/journal-types.js';
import type { RunJournal } from '../journal/run-journal.js';
import { findInterpreter } from '../kernels/interpreter.js';
import type { Interpreter } from '../kernels/interpreter.js';
import { isRecord, parseJson } from '../json.js';
import { RunCoordinator } from './coordinator.js';
import type { Resumption } from './coordinator.js';
import { executedNotebook } from './executed-notebook.js';
import type { OracleOptions } from '../oracle.js';
import { compileNotebook, freeze, prepareNotebook } from './prepare.js';
import { RECORD_FILES, makeRecord, writeWhole } from './record.js';
import type { RunRecord } from './record.js';
import { foldRun, recoverRun } from './recover.js';
import { expired, keepFrom } from './retention.js';
import { runLog } from './run-log.js';
import type { RunPlan } from './run-plan.js';
import type { RunSurroundings } from './run-surroundings.js';
import { requireTargets } from '../targets/require-targets.js';
import { capacitiesOf, thisMachine } from './target-capacity.js';

export interface RunsOptions {
  readonly journal: RunJournal;
  readonly queue: LeaseQueue;
  readonly feeds: Feeds;
  readonly surroundings: Omit<RunSurroundings, 'feed' | 'folder'>;
  readonly cellfarmHome: string;
  /** Folder of the Python package `cellfarm`. */
  readonly packageFolder: string;
  /** cellfarm's own Python. */
  readonly python: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A run goes on from now on. */
  onLaunch(): void;
}

const CAPACITY_EVERY_MS = 2_000;
/** Objects younger than this may belong to what is just beginning. */
const OBJECT_AGE_MS = 3_600_000;

export class Runs {
  private readonly active = new Map<RunId, RunCoordinator>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly options: RunsOptions) {
    this.timer = setInterval(() => this.refreshCapacity(), CAPACITY_EVERY_MS);
    this.timer.unref();
    options.queue.watch(({ state, detail }) => {
      const text = state === 'ok' ? 'the queue is back' : `the queue is away (${detail}); what runs goes on`;
      for (const run of this.active.values()) run.tellQueue(state === 'ok' ? 'info' : 'warning', text);
    });
    options.journal.onFenced((run) => {
      options.surroundings.log.error({ run }, 'another service has taken the run over');
      this.active.get(run)?.abandon();
      this.active.delete(run);
      options.feeds.release(run);
    });
  }

  get count(): number {
    return this.active.size;
  }

  folderOf(run: RunId): string {
    return join(this.options.cellfarmHome, 'runs', run);
  }

  /** Compiles with cellfarm's own Python: no interpreter of the notebook is needed to look at it. */
  compile(path: string, content: string): Promise<TaskGraph> {
    return compileNotebook(path, content, this.oracle([this.options.python]));
  }

  private oracle(python: readonly string[]): OracleOptions {
    return { python, packageFolder: this.options.packageFolder };
  }

  /** Accepts a run; resolves when that is on disk. Throws what is wrong with the notebook or its interpreter. */
  async start({ path, content, options }: StartRun): Promise<RunAccepted> {
    if (!isAbsolute(path)) throw new CellfarmError('C6003', { detail: 'path: an absolute path is needed' });
    const run = `r-${randomBytes(8).toString('hex')}` as RunId;
    const plan = await this.plan(run, path, content, options);
    const { digest } = plan.snapshot;
    const { journal, surroundings } = this.options;
    requireTargets(plan.compiled.graph, plan.target, await this.agents());
    await writeWhole(this.folderOf(run), RECORD_FILES.notebook, content);
    journal.openRun({ run, notebook: path, digest, text: content, options, startedAt: surroundings.now() });
    if (options.retryOf) {
      const maps = plan.compiled.plans.flatMap(({ loops }) => loops.map(({ task }) => task));
      journal.takeOver(run, options.retryOf, maps);
    }
    return this.launch(plan, null);
  }

  private async plan(run: RunId, path: string, text: string, options: RunOptions): Promise<RunPlan> {
    const frozen = freeze(path, text);
    const interpreter = await this.interpreter(frozen.kernel, options);
    const { snapshot, compiled } = await prepareNotebook(path, text, this.oracle(interpreter.argv));
    return {
      run,
      snapshot,
      text,
      compiled,
      interpreter,
      target: homeTarget(options),
      settings: {
        workers: options.workers ?? availableParallelism(),
        fork: options.fork ?? true,
        inspect: options.inspect ?? false,
        timeoutMs: options.timeoutMs ?? null,
        elementsPerShard: options.elementsPerShard ?? null,
      },
    };
  }

  private interpreter(kernel: string, options: RunOptions): Promise<Interpreter> {
    const { env, cellfarmHome } = this.options;
    const cacheFolder = join(cellfarmHome, 'interpreters');
    return findInterpreter({ python: options.python ?? null, kernel, cacheFolder, env });
  }

  /** None while the queue cannot be asked. */
  private async agents(): Promise<AgentInfo[]> {
    return this.options.queue.agents().catch((cause: unknown) => {
      this.options.surroundings.log.warn({ err: cause }, 'the queue does not list its agents');
      return [];
    });
  }

  private async launch(plan: RunPlan, resumption: Resumption | null): Promise<RunAccepted> {
    const { run } = plan;
    const { feeds, surroundings } = this.options;
    const agents = await this.agents();
    const around = { ...surroundings, feed: feeds.claim(run), folder: this.folderOf(run) };
    const coordinator = new RunCoordinator(plan, around, resumption);
    this.active.set(run, coordinator);
    this.options.onLaunch();
    void coordinator.finished.then(() => {
      this.active.delete(run);
      feeds.release(run);
      void this.expire();
    });
    coordinator.start(capacitiesOf(coordinator.targets, agents, thisMachine()));
    await this.committed();
    return { run, record: join(this.folderOf(run), RECORD_FILES.record) };
  }

  /**
   * Starts a new run of the notebook as it was then, with the same options. What the ended one has committed is used again where it would
   * come out the same. Throws C4007, C4015 and what `start` throws.
   */
  async retry(run: RunId, startedBy: string | null): Promise<RunAccepted> {
    const { state } = this.find(run);
    if (state === 'running') throw new CellfarmError('C4015', { run, state });
    const { notebook: path, text: content, options } = this.options.journal.snapshot(run);
    const who = startedBy === null ? {} : { startedBy };
    return this.start({ path, content, options: { ...options, ...who, retryOf: run } });
  }

  /** Brings a task home, or cancels the run where home plays it. Throws C4007, C4008 and C4011. */
  async cancelTask(run: RunId, task: TaskId): Promise<void> {
    this.running(run).orders.cancel(task);
    await this.committed();
  }

  /** Ends the present attempt of a task that is away; another one follows. Throws C4007, C4008 and C4013. */
  async retryTask(run: RunId, task: TaskId): Promise<void> {
    this.running(run).orders.retry(task);
    await this.committed();
  }

  /** Forgets a run that has ended or that nobody works on, with its results and files. Throws C4007 and C4016. */
  async delete(run: RunId): Promise<void> {
    const { state } = this.find(run);
    const { journal, surroundings } = this.options;
    if (state === 'running') {
      if (this.active.has(run) || !journal.claim(run)) throw new CellfarmError('C4016', { run, state });
      const error = new CellfarmError('C4005', { run }).report;
      journal.append(run, { type: 'run.finished', state: 'cancelled', error }, surroundings.now());
    }
    await this.forget([run]);
  }

  private async forget(runs: readonly RunId[]): Promise<void> {
    for (const run of runs) {
      if (this.options.journal.forget(run)) await rm(this.folderOf(run), { recursive: true, force: true });
    }
    await this.sweepObjects();
  }

  /** Objects that no result names are removed while no run goes on: one that does may hold others, by this service or another one. */
  private async sweepObjects(): Promise<void> {
    const { journal, surroundings } = this.options;
    const interrupted = new Set(journal.interrupted().map(({ run }) => run));
    if (journal.runs().some(({ run, state }) => state === 'running' && !interrupted.has(run))) return;
    const named = journal.objects();
    const swept = await surroundings.objects.sweepSealed((digest) => named.has(digest), OBJECT_AGE_MS);
    if (swept > 0) surroundings.log.info({ swept }, 'objects that no run needs were removed');
  }

  /** Forgets the runs that are beyond what is kept; asked at the start and after each run. Never fails: what is left goes another time. */
  async expire(): Promise<void> {
    const { journal, surroundings, env } = this.options;
    try {
      const beyond = expired(journal.runs(), surroundings.now(), keepFrom(env));
      if (beyond.length === 0) return;
      surroundings.log.info({ runs: beyond.length }, 'old runs are forgotten');
      await this.forget(beyond);
    } catch (cause) {
      surroundings.log.warn({ err: cause }, 'not every old run was forgotten');
    }
  }

  /** Goes on with an interrupted run. Throws C4007, C4008, C4010 and what `start` throws. */
  async resume(run: RunId, content: string | null, reason: string): Promise<RunAccepted> {
    if (this.active.has(run)) return { run, record: join(this.folderOf(run), RECORD_FILES.record) };
    const { journal } = this.options;
    const found = this.find(run);
    const { notebook, text, options, digest } = journal.snapshot(run);
    if (found.state !== 'running') throw new CellfarmError('C4008', { run, state: found.state });
    if (content !== null && freeze(notebook, content).digest !== digest)
      throw new CellfarmError('C4010', { run });
    const plan = await this.plan(run, notebook, text, options);
    if (!journal.claim(run))
      throw new CellfarmError('C4008', { run, state: 'in the hands of another service' });
    return this.launch(plan, recoverRun(journal, run, reason));
  }

  /** Ends an interrupted run that cannot go on, so that nobody waits for it. */
  private giveUp(run: RunId, cause: unknown): void {
    const { journal, surroundings } = this.options;
    surroundings.log.error({ err: cause, run }, 'an interrupted run cannot go on');
    if (!(cause instanceof CellfarmError) || this.active.has(run) || !journal.claim(run)) return;
    const time = surroundings.now();
    journal.append(run, { type: 'run.resumed', reason: 'the service was started again' }, time);
    journal.append(run, { type: 'run.finished', state: 'failed', error: cause.report }, time);
  }

  /** Goes on with every run that nobody works on. */
  async resumeInterrupted(): Promise<void> {
    for (const { run } of this.options.journal.interrupted()) {
      try {
        await this.resume(run, null, 'the service was started again');
      } catch (cause) {
        this.giveUp(run, cause);
      }
    }
  }

  /** Throws C4007 when there is no such run. */
  check(run: RunId): void {
    this.find(run);
  }

  private find(run: RunId): JournaledRun {
    const found = this.options.journal.find(run);
    if (!found) throw new CellfarmError('C4007', { run });
    return found;
  }

  /** Throws C4007 and C4008. */
  async cancel(run: RunId): Promise<void> {
    this.running(run).cancel('it was asked to');
    await this.committed();
  }

  /** Throws C4007 and C4008. */
  private running(run: RunId): RunCoordinator {
    const { state } = this.find(run);
    const coordinator = this.active.get(run);
    if (coordinator) return coordinator;
    throw new CellfarmError('C4008', { run, state: state === 'running' ? 'interrupted' : state });
  }

  private committed(): Promise<void> {
    return new Promise((resolve) => this.options.journal.afterCommit(resolve));
  }

  list(): RunSummary[] {
    const interrupted = new Set(this.options.journal.interrupted().map(({ run }) => run));
    return this.options.journal.runs().map(({ run, state, ...rest }) => {
      const { notebook, startedAt, finishedAt, startedBy, retryOf } = rest;
      const shown = interrupted.has(run) ? 'interrupted' : state;
      return { run, state: shown, notebook, startedAt, finishedAt, startedBy, retryOf };
    });
  }

  /** The record as it was written at the end, or as it stands now. Throws C4007. */
  async record(run: RunId): Promise<RunRecord> {
    const found = this.find(run);
    const coordinator = this.active.get(run);
    if (!coordinator && found.state !== 'running') {
      const written = await readIfThere(join(this.folderOf(run), RECORD_FILES.record));
      const record = written === null ? undefined : parseJson(written);
      if (isRecord(record) && record['run'] === run) return record as unknown as RunRecord;
    }
    const view = coordinator?.view ?? foldRun(this.options.journal, run);
    const interrupted = this.options.journal.interrupted().some((each) => each.run === run);
    const { finishedAt } = found;
    const state = interrupted ? 'interrupted' : found.state;
    return makeRecord({ run, view, state, finishedAt, error: view.error, beyond: new Set() });
  }

  /** Throws C4007. */
  graph(run: RunId): Promise<TaskGraph> {
    const coordinator = this.active.get(run);
    if (coordinator) return Promise.resolve(coordinator.compiled.graph);
    const { notebook, text } = this.options.journal.snapshot(run);
    return this.compile(notebook, text);
  }

  /** The notebook with the outputs of the run, or with those it has so far. Throws C4007. */
  async executed(run: RunId): Promise<string> {
    const { text } = this.options.journal.snapshot(run);
    const coordinator = this.active.get(run);
    const written = coordinator ? null : await readIfThere(join(this.folderOf(run), RECORD_FILES.executed));
    if (written !== null) return written;
    const view = coordinator?.view ?? foldRun(this.options.journal, run);
    const pythonVersion = coordinator?.plan.interpreter.version ?? null;
    return executedNotebook(text, { view, beyond: new Set(), pythonVersion });
  }

  /** What services logged about the run. Throws C4007. */
  log(run: RunId): Promise<string[]> {
    this.check(run);
    return runLog(this.options.cellfarmHome, run);
  }

  private refreshCapacity(): void {
    if (this.active.size === 0) return;
    this.options.queue.agents().then(
      (agents) => {
        for (const run of this.active.values())
          run.capacities(capacitiesOf(run.targets, agents, thisMachine()));
      },
      (cause: unknown) =>
        this.options.surroundings.log.warn({ err: cause }, 'the queue does not list its agents'),
    );
  }

  /** Lets go of every run; another service may go on with them. */
  abandon(): void {
    clearInterval(this.timer);
    for (const coordinator of this.active.values()) coordinator.abandon();
    this.active.clear();
  }
}

/** Where home is: `auto` means this machine. */
function homeTarget(options: RunOptions): TargetName {
  const target = options.target ?? 'auto';
  return (target === 'auto' ? 'local' : target) as TargetName;
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
    throw cause;
  }
}
