// What goes through the queue: a signed lease. Ids, places and limits; never data, never secrets.
import { z } from 'zod';
import { AgentId, LeaseId, RunId, SlotId } from './ids.js';
import { Resources } from './resources.js';
import { TargetName } from './tags.js';

/** Where the holder opens its stream to the service. */
export const Endpoint = z.union([
  z.strictObject({ socket: z.string() }),
  z.strictObject({ host: z.string(), port: z.int().min(1).max(65535) }),
]);
export type Endpoint = z.infer<typeof Endpoint>;

/** The permission to run tasks of one run in one slot. */
export const Ticket = z.strictObject({
  version: z.literal(1),
  lease: LeaseId,
  run: RunId,
  slot: SlotId,
  /** `home` and `worker` are started by the agent; a `shard` is forked by home and joins the agent's door. */
  part: z.enum(['home', 'worker', 'shard']),
  target: TargetName,
  /** Fencing epoch: a later lease of the slot has a higher one, and only its results are committed. */
  epoch: z.int().min(1),
  /** What the process says at the door. */
  nonce: z.string().min(16),
  /** Interpreter with its arguments (argv, no shell), working directory and additions to the environment. */
  python: z.array(z.string()).min(1),
  cwd: z.string(),
  env: z.record(z.string(), z.string()),
  resources: Resources,
  endpoint: Endpoint,
  /** The one agent that may take it (shards: home's own); null: any of the target. */
  agent: AgentId.nullable(),
  /** Milliseconds since 1970 after which it is refused. */
  expires: z.int(),
});
export type Ticket = z.infer<typeof Ticket>;

/** A ticket as it travels: the very text that was signed, and HMAC-SHA256 over it in hexadecimal. */
export const SignedTicket = z.strictObject({
  text: z.string().max(45_056),
  mac: z.string().regex(/^[0-9a-f]{64}$/),
});
export type SignedTicket = z.infer<typeof SignedTicket>;
