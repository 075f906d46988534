export * from './task.js';
export * from './events.js';
export * from './instructions.js';
