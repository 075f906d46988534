// Ends what dead agents of this host left behind, by the files that they wrote. Living agents, and those of other hosts, are left
// alone; a process is only ended where its backend is sure that it is the one that was written down.
import { readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type Backend, isStill } from '@cellfarm/backends';
import { removeDoor } from './door.js';
import type { Log } from './log.js';
import type { AgentFile } from './pid-file.js';

export interface Sweep {
  /** Dead agents whose file was found. */
  readonly agents: number;
  /** Processes that were ended. */
  readonly processes: number;
}

/** `folder`: `<CELLFARM_HOME>/agents`. `backends`: by target. */
export async function sweepDeadAgents(
  folder: string,
  backends: Readonly<Record<string, Backend>>,
  log: Log,
): Promise<Sweep> {
  let agents = 0;
  let processes = 0;
  for (const name of agentFiles(folder)) {
    const path = join(folder, name);
    const found = readAgentFile(path, log);
    if (found === null || found.file.host !== hostname() || (await isStill(found.file))) continue;
    const { file, seenAt } = found;
    agents += 1;
    for (const { target, remains } of file.processes) {
      const backend = backends[target];
      if (backend) processes += await backend.sweep(remains, seenAt);
      else log.warn({ target, agent: file.agent }, 'a dead agent left processes on a target unknown here');
    }
    removeDoor(file.door);
    rmSync(path, { force: true });
    log.info({ agent: file.agent, processes }, 'swept up after a dead agent');
  }
  return { agents, processes };
}

function agentFiles(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Null when another agent swept it up just now, or when it is no such file (which is said and left). */
function readAgentFile(path: string, log: Log): { file: AgentFile; seenAt: number } | null {
  try {
    const seenAt = statSync(path).mtimeMs;
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (isAgentFile(content)) return { file: content, seenAt };
    log.warn({ path }, 'not the file of an agent');
    return null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    if (!(error instanceof SyntaxError)) throw error;
    log.warn({ path, reason: error.message }, 'not the file of an agent');
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isAgentFile(content: unknown): content is AgentFile {
  if (!isRecord(content) || !Array.isArray(content['processes'])) return false;
  const words = ['agent', 'host', 'startTime', 'door'].every((key) => typeof content[key] === 'string');
  const listed = content['processes'].every(
    (entry: unknown) => isRecord(entry) && typeof entry['target'] === 'string' && isRecord(entry['remains']),
  );
  return words && listed && Number.isSafeInteger(content['pid']);
}
