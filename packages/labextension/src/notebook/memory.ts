// What this browser remembers of a notebook from visit to visit: the run that was started from it and is not shown to its
// end, and whether the plan is asked for. Kept in JupyterLab's state, never in the notebook.
import type { IStateDB } from '@jupyterlab/statedb';

interface Remembered {
  /** A run that was started from this notebook and is not yet shown to its end. */
  readonly run: string | null;
  readonly ask: boolean;
}

const NOTHING: Remembered = { run: null, ask: true };

export class Memory {
  constructor(private readonly state: IStateDB | null) {}

  /** @param path contents path of the notebook */
  async of(path: string): Promise<Remembered> {
    const kept = await this.state?.fetch(keyOf(path));
    return isRecord(kept) ? { ...NOTHING, ...kept } : NOTHING;
  }

  async change(path: string, part: Partial<Remembered>): Promise<void> {
    await this.state?.save(keyOf(path), { ...(await this.of(path)), ...part });
  }

  /** A run was shown to its end; another that was started since stays remembered. */
  async forget(path: string, run: string): Promise<void> {
    if ((await this.of(path)).run === run) await this.change(path, { run: null });
  }

  /** A notebook was renamed; what is remembered of it goes along. */
  async move(from: string, to: string): Promise<void> {
    const kept = await this.state?.fetch(keyOf(from));
    if (kept === undefined) return;
    await this.state?.save(keyOf(to), kept);
    await this.state?.remove(keyOf(from));
  }
}

function keyOf(path: string): string {
  return `cellfarm:notebook:${path}`;
}

function isRecord(value: unknown): value is Partial<Remembered> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
