// How the browser tests run: one after the other, against a JupyterLab of their own with cellfarm's server extension,
// service, Redis and workers, in the system's Chromium.
import { join } from 'node:path';
import { defineConfig } from '@playwright/test';
import { chromium } from './helpers/chromium.js';
import { PORT, jupyter, sharedFolder } from './helpers/jupyter.js';

const server = jupyter({ port: PORT, folder: sharedFolder() });

export default defineConfig({
  testDir: 'tests',
  outputDir: '.results/traces',
  fullyParallel: false,
  workers: 1,
  retries: 1, // a browser on a machine at its limit; a test that needed it is told as flaky
  timeout: 180_000,
  expect: { timeout: 60_000 },
  reporter: [['list'], ['junit', { outputFile: join('..', 'dist', 'test-reports', 'ui.xml') }]],
  use: {
    baseURL: `http://127.0.0.1:${PORT}`,
    viewport: { width: 1400, height: 940 },
    trace: 'retain-on-failure',
    launchOptions: chromium(),
  },
  webServer: {
    command: server.command,
    url: `http://127.0.0.1:${PORT}/api/status`,
    env: server.env,
    reuseExistingServer: false,
    timeout: 120_000,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 30_000 },
  },
});
