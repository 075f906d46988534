// Everything the browser asks of cellfarm, through Jupyter Server: same origin, its login, whatever its base URL is.
// Knows routes and nothing of what is done with the answers.
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type {
  AgentInfo,
  ErrorReport,
  Health,
  RunAccepted,
  RunEvent,
  RunOptions,
  RunSummary,
  SamplesAnswer,
  TaskGraph,
} from '@cellfarm/protocol';
import type { CellRunTimes } from '../plan/run-times.js';
import { problemOf } from './problem.js';

/** `absent`: this Jupyter Server has no part of cellfarm (or there is none, as in JupyterLite). */
export type ServiceState = 'starting' | 'ready' | 'stopped' | 'failed' | 'absent';

export interface ServiceStatus {
  readonly state: ServiceState;
  readonly version: string;
  readonly service: Partial<Health> | null;
  readonly error: ErrorReport | null;
  readonly log: readonly string[];
}

const ABSENT: ServiceStatus = { state: 'absent', version: '', service: null, error: null, log: [] };

export class ServiceClient {
  constructor(private readonly settings: ServerConnection.ISettings) {}

  async status(): Promise<ServiceStatus> {
    const response = await this.send('status');
    if (response.status === 404) return ABSENT;
    return this.read<ServiceStatus>(response);
  }

  async restart(): Promise<void> {
    await this.ask('restart', {});
  }

  /** The absolute path of a notebook that Jupyter knows by its contents path. */
  async path(contentsPath: string): Promise<string> {
    const query = URLExt.objectToQueryString({ path: contentsPath });
    return (await this.ask<{ path: string }>(`path${query}`)).path;
  }

  compile(path: string, content: string): Promise<TaskGraph> {
    return this.ask('v1/compile', { path, content });
  }

  start(path: string, content: string, options: RunOptions): Promise<RunAccepted> {
    return this.ask('v1/runs', { path, content, options });
  }

  runs(): Promise<RunSummary[]> {
    return this.ask('v1/runs');
  }

  record(run: string): Promise<CellRunTimes> {
    return this.ask(`v1/runs/${run}`);
  }

  graph(run: string): Promise<TaskGraph> {
    return this.ask(`v1/runs/${run}/graph`);
  }

  /** The notebook of a run with the outputs that it has so far, as nbformat JSON. */
  notebook(run: string): Promise<unknown> {
    return this.ask(`v1/runs/${run}/notebook`);
  }

  agents(): Promise<AgentInfo[]> {
    return this.ask('v1/agents');
  }

  /** What an agent's machine did after a time, in milliseconds since 1970; asking keeps it sampling. */
  samples(agent: string, after: number): Promise<SamplesAnswer> {
    return this.ask(`v1/agents/${agent}/samples?after=${after}`);
  }

  async cancel(run: string): Promise<void> {
    await this.ask(`v1/runs/${run}/cancel`, {});
  }

  /** Brings one task home, or cancels the run where home plays it. */
  async cancelTask(run: string, task: string): Promise<void> {
    await this.ask(`v1/runs/${run}/tasks/${encodeURIComponent(task)}/cancel`, {});
  }

  /** Ends the present attempt of a task that is away. */
  async retryTask(run: string, task: string): Promise<void> {
    await this.ask(`v1/runs/${run}/tasks/${encodeURIComponent(task)}/retry`, {});
  }

  /** Starts a new run of the same notebook, which uses again what the ended one had and what would come out the same. */
  retry(run: string, startedBy: string | null): Promise<RunAccepted> {
    return this.ask(`v1/runs/${run}/retry`, startedBy === null ? {} : { startedBy });
  }

  async resume(run: string): Promise<void> {
    await this.ask(`v1/runs/${run}/resume`, {});
  }

  /** A socket of the run's events after `after`, an array of `RunEvent` a message. */
  feed(run: string, after: number): WebSocket {
    const { wsUrl, token, appendToken, WebSocket: Socket } = this.settings;
    const query = { run, after: String(after), batch: '1', ...(appendToken && token ? { token } : {}) };
    const url = URLExt.join(wsUrl, 'cellfarm/api/v1/feed') + URLExt.objectToQueryString(query);
    return new Socket(url);
  }

  private async ask<T>(route: string, body?: object): Promise<T> {
    return this.read<T>(await this.send(route, body));
  }

  private send(route: string, body?: object): Promise<Response> {
    const url = URLExt.join(this.settings.baseUrl, 'cellfarm/api', route);
    const init =
      body === undefined
        ? {}
        : { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
    return ServerConnection.makeRequest(url, init, this.settings);
  }

  private async read<T>(response: Response): Promise<T> {
    const body: unknown = await response.json().catch(() => null);
    if (!response.ok) throw problemOf(response.status, body);
    return body as T;
  }
}

/** One message of the feed. Throws when it is not what the feed sends. */
export function parseEvents(data: unknown): RunEvent[] {
  const parsed: unknown = JSON.parse(String(data));
  if (!Array.isArray(parsed)) throw new TypeError('the feed sends arrays of events');
  return parsed as RunEvent[];
}
