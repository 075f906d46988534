// What agents and services use of the queue. Implementations are chosen by the one who opens them.
export * from './lease-queue.js';
export * from './signed-ticket.js';
export { leaseOf } from './ticket-lease.js';
export { openMemoryQueue } from './memory/memory-lease-queue.js';
export { openBullmqQueue, type BullmqQueueOptions } from './bullmq/bullmq-lease-queue.js';
export { findRedisServer } from './find-redis-server.js';
export { startPrivateRedis, type PrivateRedis, type PrivateRedisOptions } from './private-redis.js';
export { placeSocket, LONGEST_SOCKET_PATH, type SocketPlace } from './socket-folder.js';
