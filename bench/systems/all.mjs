// The systems that are compared, in the order of the tables.
import { cellfarmBullmq, cellfarmInProcess } from './cellfarm.mjs';
import { nbclient } from './nbclient.mjs';
import { bullmq, floor } from './node-peers.mjs';
import { pythonPeers } from './python-peers.mjs';

/**
 * A system: `name`, `title`, whether it is `ours`, the `measures` it can take, and `open(around)`, which gives
 * `measure(name, parameters)` -> numbers by name, and `close()`.
 */
export const systems = [cellfarmBullmq, cellfarmInProcess, ...pythonPeers, nbclient, bullmq, floor];
