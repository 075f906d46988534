// Brings a checkout from bare to ready, step by step, each only where something is missing or has changed. When all
// is there this reads files for some 50 ms, and asks neither the network nor another program.
import { build, labextension } from './build.mjs';
import { chromium } from './chromium.mjs';
import { commands } from './commands.mjs';
import { jupyterPlaces } from './jupyter-places.mjs';
import { whileAlone } from './lock.mjs';
import { npmPackages } from './npm-packages.mjs';
import { refuseForeignGround } from './problem.mjs';
import { pythonPackages, vendoredCloudpickle } from './python-packages.mjs';
import { pythonEnvironment } from './python.mjs';
import { redisServer } from './redis.mjs';

/** @param {'run' | 'lab' | 'test'} profile what it is made ready for; each contains the one before */
export async function setUp(profile) {
  refuseForeignGround();
  const steps = [
    pythonEnvironment,
    pythonPackages(profile),
    commands,
    vendoredCloudpickle,
    npmPackages,
    redisServer({ required: profile === 'test' }),
    ...(profile === 'test' ? [chromium] : []),
    build,
    ...(profile === 'run' ? [] : [labextension, jupyterPlaces]),
  ];
  const from = steps.findIndex((step) => !step.fresh());
  if (from !== -1) await whileAlone(() => runAll(steps.slice(from)));
}

function runAll(steps) {
  for (const step of steps) {
    if (step.fresh()) continue;
    process.stderr.write(`cellfarm set-up: ${step.name} ... `);
    const began = performance.now();
    try {
      step.run();
    } catch (error) {
      process.stderr.write('failed\n');
      throw error;
    }
    process.stderr.write(`${((performance.now() - began) / 1000).toFixed(1)} s\n`);
  }
}
