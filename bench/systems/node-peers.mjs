// The peers in JavaScript: raw BullMQ, and the floor under everything.
import { fileURLToPath } from 'node:url';
import { openPeer } from './peer-process.mjs';

const folder = fileURLToPath(new URL('../peers', import.meta.url));

export const bullmq = {
  name: 'bullmq',
  title: 'BullMQ, a job a task',
  ours: false,
  measures: ['idle', 'noOp', 'roundTrip', 'chain', 'resting'],
  open: ({ workers, env }) => openPeer(process.execPath, [`${folder}/bullmq.mjs`, String(workers)], env),
};

export const floor = {
  name: 'floor',
  title: 'floor',
  ours: false,
  measures: [
    'noOp',
    'roundTrip',
    'chain',
    'handOver64K',
    'handOver256M',
    'resting',
    'startCold',
    'startWarm',
  ],
  open: ({ python, workers, env }) =>
    openPeer(process.execPath, [`${folder}/floor.mjs`, String(workers), python], env),
};
