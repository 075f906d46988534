// Makes sure that a Redis is there for the service to start privately. Without one a run still works (the in-process
// queue takes over), so a plain start only says what is missing; the tests need a real one.
import { join } from 'node:path';
import { stamps } from './paths.mjs';
import { Problem } from './problem.mjs';
import { hasStamp, writeStamp } from './stamp.mjs';
import { installSystemPackage, onPath } from './system-package.mjs';

const refused = join(stamps, 'redis-not-installed');

/** @param {{ required: boolean }} options `required`: stop where it cannot be had, instead of going on without */
export function redisServer({ required }) {
  return {
    name: 'redis-server',
    fresh: () =>
      onPath('redis-server') || onPath('valkey-server') || (!required && hasStamp(refused, 'said')),
    run() {
      try {
        install();
      } catch (error) {
        if (required || !(error instanceof Problem)) throw error;
        process.stderr.write(
          `cellfarm: ${error.message} Until then the in-process queue serves this machine's runs.\n`,
        );
        writeStamp(refused, 'said');
      }
    },
  };
}

const install = () =>
  installSystemPackage({
    name: 'redis-server',
    lacking: 'there is no redis-server or valkey-server on PATH, which distributed runs use',
    brew: 'redis',
    other: "install `redis-server` or `valkey-server` with this system's package manager",
  });
