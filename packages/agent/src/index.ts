export { type Agent, type AgentOptions, type StopAgent, startAgent } from './agent.js';
export { listThisMachine } from './devices/list-devices.js';
export { type Log, createAgentLog } from './log.js';
export { makeTravellingPath } from './travelling-path.js';
export { type Sweep, sweepDeadAgents } from './sweep.js';
