import { openMemoryQueue } from '../src/index.js';
import { describeLeaseQueue } from '../src/testing/index.js';

describeLeaseQueue('the queue in process', () => {
  const queue = openMemoryQueue();
  return Promise.resolve({ open: () => Promise.resolve(queue), close: () => queue.close() });
});
