// Bundles the command line and everything it imports: dist/cellfarm.mjs, which is what `npm start` runs and what the wheel
// carries, the parts that it loads when a command needs them (dist/chunks), and the licences of what is in them. Types are
// checked by `tsc -b` before. `--only`: parts of earlier builds go at once, also those that something running may need.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';
import { bundle, chunks, root } from './setup/paths.mjs';
import { licencesOf } from './setup/third-party.mjs';

/** How long parts of an earlier build are kept for what was starting meanwhile, ms. */
const KEPT_MS = process.argv.includes('--only') ? 0 : 600_000;

// Packages written as CommonJS call `require` for Node's own modules; an ES module has none unless it makes one.
const banner = [
  '#!/usr/bin/env node',
  "import { createRequire as __createRequire } from 'node:module';",
  'const require = __createRequire(import.meta.url);',
].join('\n');

/**
 * The file that a package's index.js takes each name from. Through the index, what one command imports of a package would
 * bring what any other command imports of it.
 */
function exportsOf(index) {
  const files = new Map();
  for (const [, names, file] of readFileSync(index, 'utf8').matchAll(/export \{([^}]*)\} from '([^']+)'/g)) {
    for (const name of names
      .split(',')
      .map((each) => each.trim())
      .filter(Boolean)) {
      const [own, shown = own] = name.split(' as ');
      files.set(shown, { own, file: join(dirname(index), file) });
    }
  }
  return files;
}

/** Imports of our packages as imports of the very files that hold what is imported. */
const pastTheIndex = {
  name: 'past the index',
  setup(bundler) {
    const known = new Map();
    const lookUp = (name) => {
      if (!known.has(name)) known.set(name, exportsOf(join(root, 'packages', name, 'lib', 'index.js')));
      return known.get(name);
    };
    bundler.onLoad({ filter: /\/packages\/[^/]+\/(lib|src)\/.*\.[jt]s$/ }, ({ path }) => ({
      loader: path.endsWith('.ts') ? 'ts' : 'js',
      contents: readFileSync(path, 'utf8').replace(
        /^import \{([^}]*)\} from '@cellfarm\/(\w+)';$/gm,
        (whole, names, of) => {
          const given = names
            .split(',')
            .map((each) => each.trim())
            .filter(Boolean);
          const found = given.map((each) => ({ each, at: lookUp(of).get(each.split(' as ')[0]) }));
          if (found.some(({ at }) => at === undefined)) return whole;
          return found
            .map(
              ({ each, at }) => `import { ${at.own} as ${each.split(' as ')[1] ?? each} } from '${at.file}';`,
            )
            .join(' ');
        },
      ),
    }));
  },
};

/** Puts a file in its place whole: what starts meanwhile reads the old one or the new one, never half of one. */
function place(path, contents, mode) {
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, contents);
  chmodSync(fresh, mode);
  renameSync(fresh, path);
}

try {
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: { cellfarm: 'packages/cli/src/main.ts' },
    outdir: dirname(bundle),
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    plugins: [pastTheIndex],
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    banner: { js: banner },
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
  mkdirSync(chunks, { recursive: true });
  const parts = outputFiles.filter(({ path }) => path !== bundle);
  for (const { path, contents } of parts) if (!existsSync(path)) place(path, contents, 0o644);
  place(join(root, 'dist', 'THIRD-PARTY.txt'), licencesOf(Object.keys(metafile.inputs)), 0o644);
  place(bundle, outputFiles.find(({ path }) => path === bundle).contents, 0o755);
  const current = new Set(parts.map(({ path }) => basename(path)));
  for (const name of readdirSync(chunks).filter((each) => !current.has(each))) {
    const path = join(chunks, name);
    if (Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) > KEPT_MS)
      rmSync(path, { force: true });
  }
} catch (error) {
  if (!('errors' in error)) throw error;
  process.exit(1); // esbuild has said what is wrong
}
