// Runs an interpreter once to learn its version and whether it has ipykernel, and keeps the answer on disk, keyed by path and change
// time, so that the next start of a run does not wait for it. Knows nothing of kernelspecs.
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { CellfarmError } from '@cellfarm/protocol';
import { isRecord, parseJson } from '../json.js';

const SUPPORTED = { major: 3, minMinor: 10, maxMinor: 13 } as const;
const PROBE_TIMEOUT_MS = 20_000;
const PROBE = `
import importlib.util, json, sys
spec = importlib.util.find_spec("ipykernel")
print(json.dumps({"version": list(sys.version_info[:3]), "executable": sys.executable, "prefix": sys.prefix,
    "ipykernel": None if spec is None else (spec.origin or "ipykernel")}))
`;

export interface Probe {
  readonly version: readonly number[];
  readonly executable: string;
  readonly prefix: string;
  /** Where ipykernel lies, or null. */
  readonly ipykernel: string | null;
}

const run = promisify(execFile);

function mtimeOf(path: string): Promise<number | null> {
  return stat(path).then(
    (found) => (found.isDirectory() ? null : found.mtimeMs),
    () => null,
  );
}

function parseProbe(text: string): Probe | null {
  const parsed = parseJson(text);
  if (!isRecord(parsed)) return null;
  const { version, executable, prefix, ipykernel } = parsed;
  const isVersion =
    Array.isArray(version) && version.length === 3 && version.every((part) => typeof part === 'number');
  if (!isVersion || typeof executable !== 'string' || typeof prefix !== 'string') return null;
  return { version, executable, prefix, ipykernel: typeof ipykernel === 'string' ? ipykernel : null };
}

/** A kept answer, as long as the ipykernel that it names is still there. */
async function readCached(file: string): Promise<Probe | null> {
  const probe = parseProbe(await readFile(file, 'utf8').catch(() => ''));
  if (probe === null || probe.ipykernel === null) return null;
  return (await mtimeOf(probe.ipykernel)) === null ? null : probe;
}

async function keep(file: string, probe: Probe): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${randomBytes(4).toString('hex')}`;
  await writeFile(temporary, JSON.stringify(probe), { mode: 0o600 });
  await rename(temporary, file);
}

/**
 * What the interpreter at `path` is. Throws C3002 (no such file), C3003 (version not 3.10 to 3.13), C3004 (no ipykernel),
 * C3005 (cannot be started), C3006 (another program).
 */
export async function probePython(
  path: string,
  argv: readonly string[],
  cacheFolder: string,
): Promise<Probe> {
  const mtime = await mtimeOf(path);
  if (mtime === null) throw new CellfarmError('C3002', { path });
  const key = createHash('sha256')
    .update(`${path}\0${argv.join('\0')}\0${mtime}`)
    .digest('hex')
    .slice(0, 32);
  const file = join(cacheFolder, `${key}.json`);
  const cached = await readCached(file);
  if (cached) return checked(path, cached);
  const probe = checked(path, await ask(path, argv));
  await keep(file, probe);
  return probe;
}

async function ask(path: string, argv: readonly string[]): Promise<Probe> {
  let stdout: string;
  try {
    ({ stdout } = await run(path, [...argv, '-c', PROBE], { timeout: PROBE_TIMEOUT_MS, maxBuffer: 2 ** 20 }));
  } catch (cause) {
    const stderr = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : '';
    const detail =
      stderr.split('\n').at(-1) || (cause instanceof Error ? cause.message.split('\n')[0] : null);
    // A number is the exit code of a program that ran; a word says why the system did not start it.
    const ran = cause instanceof Error && 'code' in cause && typeof cause.code === 'number';
    if (ran && !(await saysPython(path))) throw new CellfarmError('C3006', { path }, { cause });
    throw new CellfarmError('C3005', { path, detail: detail ?? 'unknown' }, { cause });
  }
  const probe = parseProbe(stdout.trim().split('\n').at(-1) ?? '');
  if (probe === null) throw new CellfarmError('C3006', { path });
  return probe;
}

/** Whether the program calls itself Python; what another program says of our code would help nobody. */
function saysPython(path: string): Promise<boolean> {
  return run(path, ['--version'], { timeout: PROBE_TIMEOUT_MS, maxBuffer: 2 ** 20 }).then(
    ({ stdout, stderr }) => /^Python \d/m.test(`${stdout}\n${stderr}`),
    () => false,
  );
}

function checked(path: string, probe: Probe): Probe {
  const [major = 0, minor = 0] = probe.version;
  const supported = major === SUPPORTED.major && minor >= SUPPORTED.minMinor && minor <= SUPPORTED.maxMinor;
  if (!supported) throw new CellfarmError('C3003', { path, version: probe.version.join('.') });
  if (probe.ipykernel === null) throw new CellfarmError('C3004', { path });
  return probe;
}
