// Where the tests of all packages lie and how `@cellfarm/*` is found while they run: from the sources, so that a
// test never sees a stale build. What spawns the command itself uses dist/cellfarm.mjs, which set-up builds first.
import { defineConfig } from 'vitest/config';

const packages = new URL('./packages/', import.meta.url).pathname;

export default defineConfig({
  resolve: {
    alias: [
      { find: /^@cellfarm\/([^/]+)$/, replacement: `${packages}$1/src/index.ts` },
      { find: /^@cellfarm\/([^/]+)\/testing$/, replacement: `${packages}$1/src/testing/index.ts` },
    ],
  },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'scripts/test/**/*.test.mjs'],
    environment: 'node',
    pool: 'forks',
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
