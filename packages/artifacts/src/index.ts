// What other packages use of the object store.
export * from './object-store.js';
export { openFileStore } from './file-store.js';
