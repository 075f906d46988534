// The list of agents in Redis: one key per agent with a time to live by Redis' own clock, and a set that names them.
// An agent that stops renewing leaves the list by itself; nothing here says what an agent may do.
import type { Redis } from 'ioredis';
import { AgentInfo, type AgentId } from '@cellfarm/protocol';
import type { Announcement } from '../lease-queue.js';

export interface RegistryOptions {
  readonly prefix: string;
  /** Time to live of an announcement, ms. */
  readonly ttlMs: number;
  /** Told about renewals that failed; the next one tries again. */
  readonly onError: (error: unknown) => void;
  /** Told once about each agent that left the list without a word. */
  readonly onGone: (agent: AgentId) => Promise<void>;
}

export class AgentRegistry {
  private readonly standing = new Set<Announcement>();

  constructor(
    private readonly redis: Redis,
    private readonly options: RegistryOptions,
  ) {}

  async announce(info: AgentInfo): Promise<Announcement> {
    const text = JSON.stringify(AgentInfo.parse(info));
    await this.write(info.agent, text);
    const renewing = setInterval(() => {
      this.write(info.agent, text).catch(this.options.onError);
    }, this.options.ttlMs / 3);
    renewing.unref();
    const announcement: Announcement = {
      end: async () => {
        if (!this.standing.delete(announcement)) return;
        clearInterval(renewing);
        await this.redis.multi().del(this.key(info.agent)).srem(this.names, info.agent).exec();
      },
    };
    this.standing.add(announcement);
    return announcement;
  }

  async agents(): Promise<AgentInfo[]> {
    const names = (await this.redis.smembers(this.names)).sort() as AgentId[];
    if (names.length === 0) return [];
    const texts = await this.redis.mget(names.map((name) => this.key(name)));
    const present = texts.flatMap((text) => (text === null ? [] : [AgentInfo.parse(JSON.parse(text))]));
    const gone = names.filter((_, index) => texts[index] === null);
    for (const name of gone) await this.forget(name);
    return present;
  }

  /** Ends all announcements of this process; failures are told, since a time to live ends them anyway. */
  async end(): Promise<void> {
    const ends = await Promise.allSettled([...this.standing].map((announcement) => announcement.end()));
    for (const end of ends) if (end.status === 'rejected') this.options.onError(end.reason);
  }

  private async write(agent: AgentId, text: string): Promise<void> {
    await this.redis
      .multi()
      .set(this.key(agent), text, 'PX', this.options.ttlMs)
      .sadd(this.names, agent)
      .exec();
  }

  /** Whoever takes the name off the set is the one that tells. */
  private async forget(agent: AgentId): Promise<void> {
    if ((await this.redis.srem(this.names, agent)) === 1) await this.options.onGone(agent);
  }

  private get names(): string {
    return `${this.options.prefix}:agents`;
  }

  private key(agent: AgentId): string {
    return `${this.options.prefix}:agent:${agent}`;
  }
}
