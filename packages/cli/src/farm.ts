// A service with an agent beside it, both supervised: what `cellfarm up` keeps running and what `cellfarm run` starts for one run.
import { ServiceAddress } from '@cellfarm/protocol';
import { redisEnvironment } from './redis-address.js';
import { Child } from './supervisor.js';
import type { Settings } from './settings.js';

export interface FarmOptions {
  /** Redis to use instead of a private one. */
  readonly redis?: string | undefined;
  /** Go on with interrupted runs when the service starts. */
  readonly resumeInterrupted: boolean;
  /** Told where the service is, at each of its starts. */
  readonly onAddress?: (address: ServiceAddress) => void;
  /** Told when a part was lost and is started again. */
  onLost(part: string, how: string): void;
}

export class Farm {
  private latest: ServiceAddress | null = null;
  private service: Child | null = null;
  private agent: Child | null = null;

  private constructor(
    private readonly settings: Settings,
    private readonly options: FarmOptions,
  ) {}

  /** Starts both parts and waits until they are ready. */
  static async start(settings: Settings, options: FarmOptions): Promise<Farm> {
    const farm = new Farm(settings, options);
    try {
      await farm.startService();
      // Without Redis the service itself holds an agent: the in-process queue reaches no other process.
      if (farm.address.redis !== null) await farm.startAgent();
    } catch (cause) {
      await farm.stop();
      throw cause;
    }
    return farm;
  }

  /** Address of the living service; changes when it was started again. */
  get address(): ServiceAddress {
    if (!this.latest) throw new Error('the service has not said its address yet');
    return this.latest;
  }

  private async startService(): Promise<void> {
    let starts = 0;
    this.service = await Child.start({
      part: 'service',
      program: this.settings.program,
      arguments: () => [
        '--owned',
        ...(this.options.resumeInterrupted || starts++ > 0 ? ['--resume-interrupted'] : []),
      ],
      environment: () => redisEnvironment(this.options.redis),
      ready: (line) => this.onAddress(ServiceAddress.parse(JSON.parse(line))),
      lost: (how) => this.options.onLost('service', how),
    });
  }

  private onAddress(address: ServiceAddress): void {
    const moved = this.latest !== null && this.latest.redis !== address.redis;
    this.latest = address;
    this.options.onAddress?.(address);
    if (moved) this.agent?.restart();
  }

  private async startAgent(): Promise<void> {
    this.agent = await Child.start({
      part: 'agent',
      program: this.settings.program,
      arguments: () => ['--owned'],
      environment: () => redisEnvironment(this.address.redis),
      ready: () => undefined,
      lost: (how) => this.options.onLost('agent', how),
    });
  }

  async stop(): Promise<void> {
    await this.agent?.stop();
    await this.service?.stop();
  }

  /** Ends both at once. */
  kill(): void {
    this.agent?.kill();
    this.service?.kill();
  }
}
