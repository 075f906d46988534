// The floor: this process, two Python processes that answer each frame, a Unix socket to each, and nothing else. What a system needs
// above it is its own. Arguments: workers, the Python to use.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { percentiles } from '../driver/statistics.mjs';
import { serve } from './serve.mjs';

const FRAME_BYTES = 12;
/** Frames in flight to one worker. */
const CREDIT = 64;

const [workers, python] = [Number(process.argv[2]), process.argv[3]];
const beside = (name) => fileURLToPath(new URL(name, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'cellfarm-floor-'));
const path = join(folder, 'socket');
const server = createServer();
server.listen(path);
await once(server, 'listening');
const children = Array.from({ length: workers }, () =>
  spawn(python, [beside('floor_worker.py'), path], { stdio: ['ignore', 'ignore', 'inherit'] }),
);
const sockets = [];
while (sockets.length < workers) sockets.push((await once(server, 'connection'))[0]);

function frame(number, milliseconds) {
  const bytes = Buffer.alloc(FRAME_BYTES);
  bytes.writeUInt32LE(FRAME_BYTES, 0);
  bytes.writeUInt32LE(number, 4);
  bytes.writeUInt32LE(milliseconds, 8);
  return bytes;
}

/** Sends `count` frames over the sockets, at most `credit` unanswered on each, every one a write of its own; waits for all answers. */
function play(over, count, milliseconds, credit = CREDIT) {
  return new Promise((resolve) => {
    let sent = 0;
    let answered = 0;
    const send = (socket) => {
      socket.write(frame(sent, milliseconds));
      sent += 1;
    };
    const listeners = over.map((socket) => {
      let partial = 0;
      return (chunk) => {
        partial += chunk.byteLength;
        const whole = Math.floor(partial / FRAME_BYTES);
        partial -= whole * FRAME_BYTES;
        answered += whole;
        for (let i = 0; i < whole && sent < count; i += 1) send(socket);
        if (answered < count) return;
        over.forEach((each, index) => each.off('data', listeners[index]));
        resolve();
      };
    });
    over.forEach((socket, index) => socket.on('data', listeners[index]));
    for (let i = 0; i < credit; i += 1) for (const socket of over) if (sent < count) send(socket);
  });
}

async function timed(work) {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

const measures = {
  async noOp({ count }) {
    await play(sockets, 200, 0);
    return { tasksPerSecond: count / ((await timed(() => play(sockets, count, 0))) / 1e3) };
  },
  async roundTrip({ repeats }) {
    await play(sockets, 200, 0);
    const times = [];
    for (let i = 0; i < repeats; i += 1) times.push(await timed(() => play(sockets, 2, 0)));
    return percentiles(times);
  },
  async chain({ count }) {
    const one = sockets.slice(0, 1);
    await play(one, 10, 0);
    return { stepMicroseconds: ((await timed(() => play(one, count, 0, 1))) / count) * 1e3 };
  },
  async resting({ count, milliseconds }) {
    return { seconds: (await timed(() => play(sockets, count, milliseconds, 1))) / 1e3 };
  },
  async handOver({ count, size }) {
    const { stdout } = await promisify(execFile)(python, [beside('floor_copy.py'), `${count}`, `${size}`]);
    return JSON.parse(stdout);
  },
  /** A process that says when its first line ran. */
  async start() {
    const began = Date.now() / 1e3;
    const { stdout } = await promisify(execFile)(python, ['-c', 'import time; print(time.time())']);
    return { seconds: Number(stdout) - began };
  },
};
await serve(
  {
    ...measures,
    handOver64K: measures.handOver,
    handOver256M: measures.handOver,
    startCold: measures.start,
    startWarm: measures.start,
  },
  async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await Promise.all(children.map((child) => child.exitCode ?? once(child, 'exit')));
    rmSync(folder, { recursive: true, force: true });
  },
);
process.exit(0);
