// What a figure depends on beside the program: the machine, how busy it is, the versions of everything, the commit. Looked up, never asked.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';

const PACKAGES = [
  'cloudpickle',
  'dask',
  'distributed',
  'ipykernel',
  'ipyparallel',
  'ipython',
  'joblib',
  'nbclient',
  'numpy',
  'ray',
];

const ASK = `import importlib.metadata, json, platform, sys
found = {"python": platform.python_version()}
for name in sys.argv[1:]:
    try:
        found[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        found[name] = None
print(json.dumps(found))`;

export function describeMachine({ root, python }) {
  const bullmq = JSON.parse(readFileSync(`${root}/node_modules/bullmq/package.json`, 'utf8')).version;
  return {
    platform: `${platform()} ${release()} ${arch()}`,
    processors: cpus().length,
    processor: cpus()[0]?.model ?? 'unknown',
    memoryMegabytes: Math.round(totalmem() / 1e6),
    versions: {
      node: process.versions.node,
      bullmq,
      redis: said('redis-server', ['--version'])?.match(/v=(\S+)/)?.[1] ?? null,
      ...JSON.parse(execFileSync(python, ['-c', ASK, ...PACKAGES], { encoding: 'utf8' })),
    },
    git: {
      commit: said('git', ['-C', root, 'rev-parse', 'HEAD'])?.trim() ?? null,
      changed:
        (said('git', ['-C', root, 'status', '--porcelain', '--untracked-files=no']) ?? '').trim() !== '',
    },
  };
}

/** What a program says, or null where there is no such program or it fails. */
function said(program, args) {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch (error) {
    if (error.code === 'ENOENT' || typeof error.status === 'number') return null;
    throw error;
  }
}

/** Load averages of 1, 5 and 15 minutes. */
export const load = () => loadavg();

/** Ticks stolen by other guests of this machine's host, and all ticks, since it started; null where that is not told. */
export function stolen() {
  if (platform() !== 'linux') return null;
  const ticks = readFileSync('/proc/stat', 'utf8').split('\n')[0].trim().split(/\s+/).slice(1).map(Number);
  return { steal: ticks[7] ?? 0, all: ticks.slice(0, 8).reduce((sum, each) => sum + each, 0) };
}

/** Share of the processors that others took between two readings, percent. */
export function stealPercent(before, after) {
  if (before === null || after === null || after.all === before.all) return null;
  return ((after.steal - before.steal) / (after.all - before.all)) * 100;
}
