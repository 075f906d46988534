// `cellfarm doctor`: what of this machine cellfarm can use, and for what it cannot use, why and what would help.
import { listThisMachine } from '@cellfarm/agent';
import { localBackend } from '@cellfarm/backends';
import { CellfarmError, EXIT } from '@cellfarm/protocol';
import type { Device } from '@cellfarm/protocol';
import { findRedisServer } from '@cellfarm/queue';
import { findInterpreter } from '@cellfarm/service';
import { join } from 'node:path';
import { runningService } from '../run/service-for-run.js';
import type { Settings } from '../settings.js';
import { VERSION } from '../version.js';

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  /** What would help; empty when all is well. */
  readonly hint: string;
}

function nodeCheck(): Check {
  const ok = Number(process.versions.node.split('.')[0]) >= 24;
  return {
    name: 'node',
    ok,
    detail: process.version,
    hint: ok ? '' : 'Node 24 is needed; pip install cellfarm brings it.',
  };
}

async function kernelCheck(settings: Settings): Promise<Check> {
  try {
    const found = await findInterpreter({
      python: null,
      kernel: 'python3',
      cacheFolder: join(settings.home, 'interpreters'),
      env: process.env,
    });
    return { name: 'kernel python3', ok: true, detail: `Python ${found.version} at ${found.path}`, hint: '' };
  } catch (cause) {
    if (!(cause instanceof CellfarmError)) throw cause;
    return { name: 'kernel python3', ok: false, detail: cause.report.message, hint: cause.report.hint };
  }
}

function redisCheck(): Check {
  const server = findRedisServer();
  return server === null
    ? {
        name: 'redis',
        ok: false,
        detail: 'no redis-server or valkey-server on PATH',
        hint: 'Runs use a queue inside the service; other machines cannot take work.',
      }
    : { name: 'redis', ok: true, detail: server, hint: '' };
}

function memoryWords(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

/** "NVIDIA T4, 15.6 GiB, GPU-8f6b…" */
function deviceWords({ name, memoryBytes, uuid }: Device): string {
  return `${name}, ${memoryWords(memoryBytes)}, ${uuid}`;
}

async function localChecks(): Promise<Check[]> {
  const [report, { devices, reason }] = await Promise.all([
    localBackend().probe(),
    listThisMachine(process.env),
  ]);
  const processor = devices.find(({ kind }) => kind === 'cpu');
  const gpus = devices.filter(({ kind }) => kind === 'gpu');
  const room = `${report.cpus} cpus, ${memoryWords(report.memoryBytes)}`;
  return [
    {
      name: 'target local',
      ok: report.available,
      detail: report.available ? `${room}, ${processor?.name ?? 'processor'}` : report.reason,
      hint: '',
    },
    {
      name: 'gpus',
      ok: gpus.length > 0,
      detail: gpus.length > 0 ? gpus.map(deviceWords).join('; ') : reason,
      hint: gpus.length > 0 ? '' : 'Tasks that ask for GPUs cannot run here.',
    },
  ];
}

async function serviceCheck(settings: Settings): Promise<Check> {
  const running = await runningService(settings.home);
  return running
    ? { name: 'service', ok: true, detail: running.address.socket, hint: '' }
    : {
        name: 'service',
        ok: true,
        detail: 'not running',
        hint: 'cellfarm run starts one for each run; cellfarm up keeps one.',
      };
}

/** Exit 0 when a run can be started here, 3 otherwise: GPUs and Redis are not needed for that. */
export async function doctorCommand(flags: { readonly json?: boolean }, settings: Settings): Promise<number> {
  const needed = [nodeCheck(), await kernelCheck(settings)];
  const checks = [...needed, redisCheck(), ...(await localChecks()), await serviceCheck(settings)];
  if (flags.json) {
    process.stdout.write(`${JSON.stringify({ version: VERSION, home: settings.home, checks })}\n`);
  } else {
    process.stdout.write(`cellfarm ${VERSION}, home ${settings.home}\n`);
    for (const { name, ok, detail, hint } of checks) {
      process.stdout.write(
        `${ok ? 'ok ' : ' - '} ${name.padEnd(16)} ${detail}${hint ? `\n    ${hint}` : ''}\n`,
      );
    }
  }
  return needed.every((check) => check.ok) ? EXIT.done : EXIT.infrastructure;
}
