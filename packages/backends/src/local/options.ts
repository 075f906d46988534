// What can be set of the local backend. Values, limits and the environment of one process are in its LaunchSpec.

export interface LocalOptions {
  /** Environment that processes inherit, less what is ours. @default process.env */
  readonly environment?: NodeJS.ProcessEnv;
  /** How often the memory of a limited process is looked at where no control group limits it, in milliseconds. @default 500 */
  readonly memoryPollMs?: number;
  /** How often is noted what processes have started outside their groups, in milliseconds. @default 2000 */
  readonly surveyMs?: number;
  /** Whether processes get control groups where these are writable. @default true */
  readonly controlGroups?: boolean;
  /** Program that lists the GPUs. @default 'nvidia-smi' */
  readonly nvidiaSmi?: string;
}

export type SettledLocalOptions = Required<LocalOptions>;

export function settleLocalOptions(options: LocalOptions): SettledLocalOptions {
  return {
    environment: options.environment ?? process.env,
    memoryPollMs: options.memoryPollMs ?? 500,
    surveyMs: options.surveyMs ?? 2_000,
    controlGroups: options.controlGroups ?? true,
    nvidiaSmi: options.nvidiaSmi ?? 'nvidia-smi',
  };
}
