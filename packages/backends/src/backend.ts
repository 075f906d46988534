// The contract of a backend: how an agent starts processes, hears of their end and ends them, and what is there to run on.
// Deliberately not in it: task code, frames, leases, retries and time-outs. Those belong to the agent, the service and the
// scheduler; a backend knows argument lists, folders, environments and limits.

/** What a backend found on its machine, or why it cannot be used. */
export interface BackendReport {
  readonly available: boolean;
  /** Why it cannot be used, in words for the user; empty when it can. */
  readonly reason: string;
  /** CPU cores that processes may use together. */
  readonly cpus: number;
  readonly memoryBytes: number;
  /** Whole GPUs that can be handed out. */
  readonly gpus: number;
  /** Why there is no GPU; empty when there is one. */
  readonly gpuReason: string;
}

export interface LaunchSpec {
  /** Unique name of the process on this machine, of the letters of a file name: the lease id. */
  readonly name: string;
  /** Program and arguments. No shell reads them. */
  readonly argv: readonly [string, ...string[]];
  /** Working directory, absolute. */
  readonly cwd: string;
  /** Additions to the environment; they win over what the process would inherit. */
  readonly env: Readonly<Record<string, string>>;
  /** Memory of the process with all that it starts, in bytes; null: no limit. */
  readonly memoryBytes: number | null;
  /** Whole GPUs for this process alone; 0: none is reserved and none is hidden. */
  readonly gpus: number;
}

/** What a later agent needs to end the remains of this launch: a JSON object that only the backend reads. */
export type Remains = Readonly<Record<string, unknown>>;

/** One launched process. Only the backend that made it knows more of it. */
export interface Launched {
  readonly name: string;
  /** Process id on this host; null where it runs elsewhere. */
  readonly pid: number | null;
  /** As of now: it may grow while the process runs. */
  readonly remains: Remains;
}

/** How a process ended. Exactly one of `exitCode` and `signal` is null. */
export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Whether its memory limit ended it. */
  readonly oomKilled: boolean;
}

export interface StopOptions {
  /** Time between the request to end and the end by force, in milliseconds. */
  readonly graceMs: number;
}

export interface Backend {
  /** Folder name of the backend: `local`, `docker`, `kubernetes`, `slurm`. */
  readonly name: string;

  /** What is there, in under 2 s. Never rejects. */
  probe(): Promise<BackendReport>;

  /** Starts a process. Rejects with CellfarmError C3005 when it cannot be started, C1105 when the machine lacks what it asks. */
  launch(spec: LaunchSpec): Promise<Launched>;

  /** Settles when the process has ended; the same answer however often it is asked. */
  watch(launched: Launched): Promise<ProcessEnd>;

  /**
   * Ends the process and everything it started: asks, waits `graceMs`, then ends by force. Settles when nothing of it runs.
   * Also to be called after the process ended by itself, for what it may have left behind.
   */
  stop(launched: Launched, options: StopOptions): Promise<void>;

  /** The last lines of what the process wrote to its original stdout and stderr, at most 16 KiB. */
  collect(launched: Launched): Promise<string>;

  /**
   * Ends what a dead agent left behind. `seenAt`: when that agent last said that the process was there, in milliseconds
   * since 1970. Answers how many processes it ended. A process that took over the number of an ended one is never touched.
   */
  sweep(remains: Remains, seenAt: number): Promise<number>;
}
