// What tests of implementations and users of the queue need.
export { describeLeaseQueue, type QueuesUnderTest } from './lease-queue-suite.js';
export { leaseNumber, signedTestTicket, testTicket, TEST_KEY } from './test-ticket.js';
