// A real Redis for tests, on a Unix socket in a temporary folder.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPrivateRedis, type PrivateRedis } from '../src/index.js';

export interface RedisForTests {
  readonly redis: PrivateRedis;
  readonly folder: string;
  stop(): Promise<void>;
}

export async function startRedisForTests(): Promise<RedisForTests> {
  const folder = await mkdtemp(join(tmpdir(), 'cellfarm-redis-'));
  const redis = await startPrivateRedis({ directory: folder });
  return {
    redis,
    folder,
    async stop() {
      await redis.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
