// How fast an agent carries bytes between a stream and the door, and what it adds to a round trip. Three processes, as in a run: a
// service's end, the pipe, a process' end, all over Unix sockets. The floor is the same two ends without a pipe between them.
//   node bench/micro/pipe.mjs            (after `npm run build`)
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BULK_BYTES = 1 << 30;
const CHUNK = Buffer.alloc(1 << 20, 'x');
const ROUNDS = 20_000;
const FRAME_BYTES = 64;
const REPEATS = 5;

const [, , role, ...args] = process.argv;
if (role === 'far-end') await farEnd(args[0]);
else if (role === 'pipe') await pipe(args[0], args[1]);
else await main();

function listen(path, onConnection) {
  const server = createServer(onConnection);
  server.listen(path);
  return once(server, 'listening');
}

/** The process' end: answers every frame, and swallows or sends bulk when told so by the first byte. */
async function farEnd(path) {
  await listen(path, (socket) => {
    let mode = null;
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      mode ??= String.fromCharCode(chunk[0]);
      if (mode === 'e') socket.write(chunk);
      else if (mode === 's') void sendBulk(socket).then(() => socket.end());
      else if (mode === 'r') swallowed(socket, chunk.byteLength);
    });
  });
  process.send('ready');
}

const swallowedBytes = new WeakMap();
function swallowed(socket, bytes) {
  const total = (swallowedBytes.get(socket) ?? 0) + bytes;
  swallowedBytes.set(socket, total);
  if (total >= BULK_BYTES + 1) socket.end('!');
}

async function pipe(from, to) {
  const { Pipe } = await import('../../packages/agent/lib/pipe.js');
  await listen(from, async (stream) => {
    const joined = new Pipe(stream, Buffer.alloc(0));
    const door = connect(to);
    await once(door, 'connect');
    joined.join(door, Buffer.alloc(0));
    await joined.doorEnded;
    await joined.drained(null);
    await joined.close();
  });
  process.send('ready');
}

async function sendBulk(socket) {
  for (let sent = 0; sent < BULK_BYTES; sent += CHUNK.byteLength) {
    if (!socket.write(CHUNK)) await once(socket, 'drain');
  }
}

async function open(path) {
  const socket = connect(path);
  await once(socket, 'connect');
  return socket;
}

/** MB/s from us to the far end, which says when it has all. */
async function outward(path) {
  const socket = await open(path);
  socket.write('r');
  const began = performance.now();
  await sendBulk(socket);
  await once(socket, 'data');
  socket.destroy();
  return rate(began);
}

/** MB/s from the far end to us. */
async function inward(path) {
  const socket = await open(path);
  const began = performance.now();
  socket.write('s');
  let received = 0;
  socket.on('data', (chunk) => (received += chunk.byteLength));
  await once(socket, 'end');
  if (received !== BULK_BYTES) throw new Error(`${received} bytes came back`);
  socket.destroy();
  return rate(began);
}

function rate(began) {
  return BULK_BYTES / 1e6 / ((performance.now() - began) / 1e3);
}

/** Median microseconds from writing a frame to reading its echo. */
async function roundTrip(path) {
  const socket = await open(path);
  socket.write('e');
  await once(socket, 'data');
  const frame = Buffer.alloc(FRAME_BYTES);
  const times = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    socket.write(frame);
    await new Promise((resolve) => socket.once('data', resolve));
    times.push(performance.now() - began);
  }
  socket.destroy();
  return median(times) * 1e3;
}

/** Small frames a second, many in flight: each is echoed. */
async function framesPerSecond(path) {
  const socket = await open(path);
  const count = 400_000;
  const frame = Buffer.alloc(FRAME_BYTES, 'e');
  const began = performance.now();
  let received = 0;
  let sent = 0;
  await new Promise((resolve) => {
    const send = () => {
      socket.cork();
      while (sent < count && sent - received / FRAME_BYTES < 256) {
        socket.write(frame);
        sent += 1;
      }
      socket.uncork();
    };
    socket.on('data', (chunk) => {
      received += chunk.byteLength;
      if (received >= count * FRAME_BYTES) resolve();
      else send();
    });
    send();
  });
  socket.destroy();
  return count / ((performance.now() - began) / 1e3);
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

async function repeated(measure, path) {
  const values = [];
  for (let i = 0; i < REPEATS; i += 1) values.push(await measure(path));
  return median(values);
}

async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'cf-bench-'));
  const far = join(folder, 'far');
  const near = join(folder, 'near');
  const children = [];
  const start = async (...words) => {
    const child = fork(new URL(import.meta.url).pathname, words);
    children.push(child);
    await once(child, 'message');
  };
  await start('far-end', far);
  await start('pipe', near, far);
  const rows = [];
  for (const [name, path] of [
    ['through the agent', near],
    ['floor: straight', far],
  ]) {
    rows.push({
      path: name,
      'to process MB/s': Math.round(await repeated(outward, path)),
      'to service MB/s': Math.round(await repeated(inward, path)),
      'round trip us (p50)': Math.round(await repeated(roundTrip, path)),
      'echoed frames/s': Math.round(await repeated(framesPerSecond, path)),
    });
  }
  console.table(rows);
  for (const child of children) child.kill();
  rmSync(folder, { recursive: true });
}
