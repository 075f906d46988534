// An agent's place on the list while the queue comes and goes.
import type { AgentId, AgentInfo } from '@cellfarm/protocol';
import { type LeaseQueue, openMemoryQueue } from '@cellfarm/queue';
import { describe, expect, it } from 'vitest';
import { keepAnnounced } from '../src/announce.js';
import { silentLog } from '../src/log.js';

const info: AgentInfo = {
  agent: 'here-1-x' as AgentId,
  host: 'here',
  pid: 1,
  targets: [],
  cpus: 2,
  memoryBytes: 1,
  gpus: 0,
  devices: [],
  gpuReason: 'nvidia-smi not found',
  version: '0.1.0',
};

/** A queue that is away for the first `failures` announcements. */
function awayAtFirst(failures: number): { queue: LeaseQueue; announced: Promise<void> } {
  const queue = openMemoryQueue();
  const announce = queue.announce.bind(queue);
  let left = failures;
  let tell: () => void = () => undefined;
  const announced = new Promise<void>((resolve) => (tell = resolve));
  queue.announce = async (wanted) => {
    if (left-- > 0) throw new Error('away');
    const announcement = await announce(wanted);
    tell();
    return announcement;
  };
  return { queue, announced };
}

describe('an announcement', () => {
  it('is made when the queue comes back', async () => {
    const { queue, announced } = awayAtFirst(2);
    const kept = keepAnnounced(queue, info, silentLog());
    await announced;
    expect(await queue.agents()).toEqual([info]);
    await kept.end();
    expect(await queue.agents()).toEqual([]);
  });

  it('is given up when the agent leaves before the queue came', async () => {
    const { queue } = awayAtFirst(1_000);
    await keepAnnounced(queue, info, silentLog()).end();
    expect(await queue.agents()).toEqual([]);
  });

  it('does not keep an agent from leaving when the queue went away', async () => {
    const queue = openMemoryQueue();
    queue.announce = () => Promise.resolve({ end: () => Promise.reject(new Error('away')) });
    const kept = keepAnnounced(queue, info, silentLog());
    await expect(kept.end()).resolves.toBeUndefined();
  });
});
