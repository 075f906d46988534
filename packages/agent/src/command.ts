// What a ticket means for a backend: argument list, folder, environment and limits of the process. Pure.
import { join } from 'node:path';
import type { LaunchSpec } from '@cellfarm/backends';
import { type Ticket, parseSize } from '@cellfarm/protocol';

/** Where the agent has what its processes need. */
export interface Places {
  /** Socket path of the door. */
  readonly door: string;
  /** Folder of the Python package `cellfarm`. */
  readonly pythonPackage: string;
  /** Folder that holds only that package. */
  readonly travellingPath: string;
  /** Folder of the object store; null where it is none. */
  readonly objects: string | null;
}

/** How the process of a ticket is launched. */
export function launchSpec(ticket: Ticket, places: Places): LaunchSpec {
  const [program, ...args] = ticket.python;
  if (program === undefined) throw new TypeError('a ticket without an interpreter');
  const memory = ticket.resources.memory;
  // a service that is reached over TCP may be on another machine, which sees no folder of this one
  const isShared = places.objects !== null && 'socket' in ticket.endpoint;
  return {
    name: ticket.lease,
    argv: [program, ...args, join(places.pythonPackage, 'boot.py'), 'cellfarm', ticket.part],
    cwd: ticket.cwd,
    env: {
      ...ticket.env,
      ...(isShared && { CELLFARM_OBJECTS: places.objects }),
      CELLFARM_DOOR: places.door,
      CELLFARM_NONCE: ticket.nonce,
      CELLFARM_PATH: places.travellingPath,
    },
    memoryBytes: memory === undefined ? null : parseSize(memory),
    gpus: ticket.resources.gpus ?? 0,
  };
}
