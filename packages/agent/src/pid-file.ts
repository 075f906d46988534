// `<CELLFARM_HOME>/agents/<id>.json`: which processes an agent has, written before it matters and removed when it leaves, so that the
// next agent of this host can end what a killed one left. How remains are ended is the backend's business.
import { randomBytes } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Launched, Remains } from '@cellfarm/backends';
import type { AgentId, TargetName } from '@cellfarm/protocol';

/** How often the file says anew what processes are there, in milliseconds. */
const RENEW_MS = 5_000;

/** The file's content. Its time of change says when the agent last saw its processes. */
export interface AgentFile {
  readonly agent: string;
  readonly host: string;
  readonly pid: number;
  readonly startTime: string;
  /** Socket path of its door. */
  readonly door: string;
  readonly processes: readonly { readonly target: string; readonly remains: Remains }[];
}

export class PidFile {
  private readonly path: string;
  private readonly processes = new Map<Launched, TargetName>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly folder: string,
    private readonly head: Omit<AgentFile, 'processes'> & { readonly agent: AgentId },
  ) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.path = join(folder, `${head.agent}.json`);
    this.write();
    this.timer = setInterval(() => this.write(), RENEW_MS).unref();
  }

  add(launched: Launched, target: TargetName): void {
    this.processes.set(launched, target);
    this.write();
  }

  remove(launched: Launched): void {
    if (this.processes.delete(launched)) this.write();
  }

  /** The agent leaves. What it could not end stays written down. */
  end(): void {
    clearInterval(this.timer);
    if (this.processes.size === 0) rmSync(this.path, { force: true });
  }

  private write(): void {
    const processes = [...this.processes].map(([{ remains }, target]) => ({ target, remains }));
    const content: AgentFile = { ...this.head, processes };
    const fresh = join(this.folder, `.${this.head.agent}-${randomBytes(4).toString('hex')}`);
    writeFileSync(fresh, JSON.stringify(content), { mode: 0o600 });
    renameSync(fresh, this.path);
  }
}
