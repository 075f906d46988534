export * from './backend.js';
export { childEnvironment } from './local/environment.js';
export { localBackend } from './local/backend.js';
export type { LocalOptions } from './local/options.js';
export { type ProcessMark, isStill, markOf } from './local/process-table.js';
