// Runs a piece of TypeScript as a process of its own, so that a test can kill it: bundled from the sources into a
// temporary folder, with `@cellfarm/*` found as in the tests. Its lines of output can be waited for.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { pidOf } from './pid-of.js';

const packages = new URL('../../', import.meta.url).pathname;

export interface BundledChild {
  readonly process: ChildProcess;
  readonly pid: number;
  /** All lines printed so far. */
  readonly lines: readonly string[];
  /** The next line not yet taken; rejects when the process ends without one. */
  line(): Promise<string>;
  /** Ends the process at once and resolves when it is gone. */
  kill(): Promise<void>;
}

/**
 * @param code the body of an async function; `load(path)` gives it a module of `packages/`
 * @param modules paths below `packages/` of the modules that it loads
 */
export async function startBundledChild(code: string, modules: readonly string[]): Promise<BundledChild> {
  const folder = await mkdtemp(join(tmpdir(), 'cellfarm-child-'));
  const file = join(folder, 'child.cjs');
  const table = modules.map((path) => `${JSON.stringify(path)}: require(${JSON.stringify(packages + path)})`);
  await build({
    stdin: {
      contents: `const modules = {${table.join(',')}};
        const load = (path) => modules[path];
        (async () => { ${code} })().catch((error) => { console.error(error); process.exit(1); });`,
      resolveDir: packages,
      loader: 'ts',
    },
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
    alias: { '@cellfarm/protocol': `${packages}protocol/src/index.ts` },
  });
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'exit').finally(() => rm(folder, { recursive: true, force: true }));
  return watched(child, gone);
}

function watched(child: ChildProcess, gone: Promise<unknown>): BundledChild {
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout ?? process.stdin });
  let taken = 0;
  let wake: () => void = () => undefined;
  reader.on('line', (line) => {
    lines.push(line);
    wake();
  });
  const closed = once(reader, 'close');
  let ended = false;
  void closed.then(() => {
    ended = true;
    wake();
  });
  return {
    process: child,
    pid: pidOf(child),
    lines,
    async line() {
      while (taken >= lines.length) {
        if (ended) throw new Error('the child ended without a further line');
        await new Promise<void>((resolve) => (wake = resolve));
      }
      return lines[taken++] ?? '';
    },
    async kill() {
      child.kill('SIGKILL');
      await gone;
      await closed;
    },
  };
}
