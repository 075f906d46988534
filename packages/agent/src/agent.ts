// The agent: takes leases of its targets and holds each with processes of a backend, until it is stopped. It knows nothing of runs,
// tasks or values, and holds nothing that matters: when it dies, streams close and the service starts slots again elsewhere.
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { openFileStore } from '@cellfarm/artifacts';
import { type Backend, type BackendReport, type Launched, markOf } from '@cellfarm/backends';
import { AgentId, CellfarmError, type Endpoint, type TargetName } from '@cellfarm/protocol';
import { type LeaseQueue, agentQueue, targetQueue } from '@cellfarm/queue';
import { keepAnnounced } from './announce.js';
import { type GpuSource, chooseGpuSource } from './devices/gpu-source.js';
import { listDevices } from './devices/list-devices.js';
import { SampleSender } from './devices/sample-sender.js';
import { Sampler } from './devices/sampler.js';
import { Door } from './door.js';
import { type Holder, holdLease } from './hold-lease.js';
import { type Log, silentLog } from './log.js';
import { PidFile } from './pid-file.js';
import { sweepDeadAgents } from './sweep.js';
import { makeTravellingPath } from './travelling-path.js';

export interface AgentOptions {
  readonly queue: LeaseQueue;
  /** A backend for each target. */
  readonly backends: Readonly<Record<string, Backend>>;
  /** Targets whose leases it takes; at least one. */
  readonly targets: readonly [TargetName, ...TargetName[]];
  /** Keys that tickets may be signed with: one, or two while a key is replaced. */
  readonly keys: readonly Uint8Array[];
  /** Folder with journal, objects and agents' files, absolute. */
  readonly cellfarmHome: string;
  /** Folder of the Python package `cellfarm`. */
  readonly pythonPackage: string;
  /** Version of cellfarm, for the list of agents. */
  readonly version: string;
  /** Where the service is, in spite of what tickets say. @default where each ticket says */
  readonly endpointOverride?: Endpoint;
  /** Leases held at the same time. @default 256 */
  readonly leases?: number;
  /** Time between asking a process to end and ending it by force, in ms. @default 10000 */
  readonly graceMs?: number;
  /** Where samples of GPUs come from. @default nvidia-smi, or what the environment names */
  readonly gpuSource?: GpuSource;
  /** @default no log */
  readonly log?: Log;
}

export interface StopAgent {
  /** Whether leases that are held may end by themselves; otherwise their processes are ended. */
  readonly drain: boolean;
  /** Time for processes to end before force is used, in ms; 0: at once, also for a stop under way. @default the agent's */
  readonly graceMs?: number;
}

export interface Agent {
  readonly id: AgentId;
  /** Leases held now. */
  readonly held: number;
  /** Takes no further lease; settles when none is held and nothing runs. May be called again to hurry. */
  stop(options: StopAgent): Promise<void>;
}

/** Starts an agent. Rejects with CellfarmError C1105 when one of its targets cannot be used on this machine. */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const { queue, backends, targets, cellfarmHome, pythonPackage, log = silentLog() } = options;
  const gpuSource = options.gpuSource ?? chooseGpuSource(process.env);
  const [report, { devices, reason: gpuReason }] = await Promise.all([
    probeTargets(targets, backends),
    listDevices(gpuSource),
  ]);
  const id = newAgentId();
  const folder = join(cellfarmHome, 'agents');
  const { directory: objects } = await openFileStore(join(cellfarmHome, 'objects'));
  await sweepDeadAgents(folder, backends, log);
  const travellingPath = await makeTravellingPath(cellfarmHome, pythonPackage);
  const door = await Door.open(log);
  const self = await markOf(process.pid);
  if (self === null) throw new Error('this process is not in the process table');
  const running = new Map<Launched, Backend>();
  const sampler = new Sampler(gpuSource, () => pidsOf(running), log);
  const samples = new SampleSender(sampler, log);
  const pidFile = new PidFile(folder, { agent: id, host: hostname(), door: door.path, ...self });
  const holder: Holder = {
    agent: id,
    keys: options.keys,
    backends: Object.fromEntries(targets.map((target) => [target, backendOf(target, backends)])),
    endpoint: options.endpointOverride ?? null,
    places: { door: door.path, pythonPackage, travellingPath, objects },
    door,
    pidFile,
    running,
    samples,
    graceMs: options.graceMs ?? 10_000,
    log,
  };
  const { cpus, memoryBytes, gpus } = report;
  const info = { agent: id, host: hostname(), pid: process.pid, targets: [...targets] };
  const announcement = keepAnnounced(
    queue,
    { ...info, cpus, memoryBytes, gpus, devices: [...devices], gpuReason, version: options.version },
    log,
  );
  const taking = queue.take(
    [...targets.map(targetQueue), agentQueue(id)],
    {
      concurrency: options.leases ?? 256,
      onError: (error) => log.error({ reason: String(error) }, 'trouble around a lease'),
    },
    (signed, signal) => holdLease(signed, signal, holder),
  );
  log.info({ agent: id, targets, cpus, gpus }, 'the agent takes leases');

  let left: Promise<void> | null = null;
  const leave = async (): Promise<void> => {
    door.close();
    pidFile.end();
    log.info({ agent: id }, 'the agent left');
  };
  return {
    id,
    get held() {
      return taking.held;
    },
    async stop({ drain, graceMs }) {
      log.info({ drain, held: taking.held }, 'the agent stops');
      const stopping = taking.stop({ drain });
      if (!drain && graceMs !== undefined) {
        await Promise.all([...running].map(([launched, backend]) => backend.stop(launched, { graceMs })));
      }
      await Promise.all([stopping, announcement.end()]);
      await samples.end();
      await (left ??= leave());
    },
  };
}

function pidsOf(running: ReadonlyMap<Launched, Backend>): Set<number> {
  return new Set([...running.keys()].flatMap(({ pid }) => (pid === null ? [] : [pid])));
}

function newAgentId(): AgentId {
  const host = hostname()
    .replaceAll(/[^A-Za-z0-9.-]/g, '-')
    .slice(0, 60);
  return AgentId.parse(`${host}-${process.pid}-${randomBytes(4).toString('hex')}`);
}

function backendOf(target: TargetName, backends: Readonly<Record<string, Backend>>): Backend {
  const backend = backends[target];
  if (!backend)
    throw new CellfarmError('C1105', { value: target, detail: 'this agent has no backend for it' });
  return backend;
}

/** What is there, over all targets. */
async function probeTargets(
  targets: readonly TargetName[],
  backends: Readonly<Record<string, Backend>>,
): Promise<Pick<BackendReport, 'cpus' | 'memoryBytes' | 'gpus'>> {
  const reports = await Promise.all(
    targets.map(async (target) => {
      const report = await backendOf(target, backends).probe();
      if (report.available) return report;
      throw new CellfarmError('C1105', { value: target, detail: report.reason });
    }),
  );
  const most = (read: (report: BackendReport) => number): number => Math.max(0, ...reports.map(read));
  return {
    cpus: most((report) => report.cpus),
    memoryBytes: most((report) => report.memoryBytes),
    gpus: most((report) => report.gpus),
  };
}
