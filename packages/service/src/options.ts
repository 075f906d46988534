// What whoever starts a service decides about it.
import type { QueueChoice } from './redis.js';
import type { TcpAddress } from './http/listen.js';

export interface ServiceOptions {
  /** Journal, objects, run records, key. Made with mode 0700 where it is missing. */
  readonly cellfarmHome: string;
  /** Folder of the service's socket. @default `<cellfarmHome>/services/<pid>` */
  readonly socketDir?: string;
  /** How leases reach agents. @default auto: CELLFARM_REDIS_URL, else a private Redis, else in this process */
  readonly queue?: QueueChoice;
  /** Listen on TCP as well, for agents of other machines; port 0 takes any free one. @default the Unix socket only */
  readonly tcp?: TcpAddress;
  /** Host names that requests may carry beside loopback ones. @default none */
  readonly hosts?: readonly string[];
  /** Origins of browsers that may ask. @default none */
  readonly origins?: readonly string[];
  /** Go on with runs that an earlier service left. */
  readonly resumeInterrupted: boolean;
  /** Folder of the Python package `cellfarm`. */
  readonly packageFolder: string;
  /** cellfarm's own Python. */
  readonly python: string;
  readonly version: string;
  /** Where the log goes; null: nowhere. @default `<cellfarmHome>/services/<pid>/service.log` */
  readonly logPath?: string | null;
  /** Where kernelspecs and Redis are looked for. @default the environment of this process */
  readonly env?: Readonly<Record<string, string | undefined>>;
}
