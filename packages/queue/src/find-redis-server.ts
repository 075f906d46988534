// Finds a program that can be a private Redis. It only looks; whether it starts is `private-redis.ts`.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const SERVERS = ['redis-server', 'valkey-server'];

/** Path of a redis-server or valkey-server that can be run; null when PATH has none. */
export function findRedisServer(path: string = process.env['PATH'] ?? ''): string | null {
  for (const name of SERVERS) {
    for (const folder of path.split(delimiter).filter(Boolean)) {
      const candidate = join(folder, name);
      if (isExecutable(candidate)) return candidate;
    }
  }
  return null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
