// What other packages use of the object store.
export * from './object-store.js';
