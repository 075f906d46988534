// Copying in one direction: order, back-pressure, and what is heard of the ends.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { type Server, type Socket, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Flow, type FlowOptions } from '../src/flow.js';

const MIB = 2 ** 20;
const NOTHING = new Uint8Array(0);

/** The two ends of a connection. */
interface Pair {
  readonly near: Socket;
  readonly far: Socket;
}

describe('a flow', () => {
  let folder: string;
  const servers: Server[] = [];
  const sockets: Socket[] = [];
  let pairs = 0;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cf-flow-'));
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    for (const server of servers.splice(0)) server.close();
    rmSync(folder, { recursive: true });
  });

  async function pair(): Promise<Pair> {
    const path = join(folder, String((pairs += 1)));
    const server = createServer();
    servers.push(server);
    const arrived = new Promise<Socket>((resolve) => server.once('connection', resolve));
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const near = connect(path);
    const far = await arrived;
    for (const socket of [near, far]) socket.on('error', () => undefined);
    sockets.push(near, far);
    return { near, far };
  }

  /** speaker ~> [source | target] ~> listener */
  async function flowing(options: Partial<FlowOptions> = {}, head: Uint8Array = NOTHING) {
    const from = await pair();
    const to = await pair();
    const flow = new Flow(from.far, head, { aheadBytes: MIB, peek: null, ...options });
    return { flow, speaker: from.near, source: from.far, target: to.near, listener: to.far };
  }

  function heardBy(listener: Socket): { bytes: number; text: string } {
    const heard = { bytes: 0, text: '' };
    listener.on('data', (chunk: Buffer) => {
      heard.bytes += chunk.byteLength;
      if (heard.text.length < 1_000) heard.text += chunk.toString();
    });
    return heard;
  }

  it('hands over what came before its target, in order', async () => {
    const { flow, speaker, target, listener } = await flowing({}, Buffer.from('one '));
    speaker.write('two ');
    await sleep(20);
    flow.to(target);
    const heard = heardBy(listener);
    speaker.end('three');
    await flow.delivered;
    while (heard.bytes < 13) await sleep(5);
    expect(heard.text).toBe('one two three');
  });

  it('holds its source back while the target is slow, and loses nothing', async () => {
    const { flow, speaker, source, target, listener } = await flowing();
    flow.to(target);
    const all = randomBytes(32 * MIB);
    speaker.end(all);
    await sleep(200);
    expect(source.bytesRead).toBeLessThan(4 * MIB);
    const heard = heardBy(listener);
    await flow.delivered;
    while (heard.bytes < all.byteLength) await sleep(5);
    expect(heard.bytes).toBe(all.byteLength);
  });

  it('hears the end of its source behind a backlog only when it peeks', async () => {
    const peeking = await flowing({ peek: { bytes: 2 * MIB, everyMs: 10 } });
    peeking.flow.to(peeking.target);
    peeking.speaker.end(randomBytes(16 * MIB));
    await peeking.flow.ended;
    expect(peeking.flow.idle).toBe(false);

    const patient = await flowing();
    patient.flow.to(patient.target);
    let ended = false;
    void patient.flow.ended.then(() => (ended = true));
    patient.speaker.end(randomBytes(16 * MIB));
    await sleep(200);
    expect(ended).toBe(false);
  });

  it('has delivered nothing more once its target is gone, and keeps listening', async () => {
    const { flow, speaker, target, listener } = await flowing();
    flow.to(target);
    speaker.write(randomBytes(8 * MIB));
    await sleep(50);
    listener.destroy();
    await flow.delivered;
    speaker.end();
    await flow.ended;
  });

  it('ends at once when its source was gone before', async () => {
    const { near, far } = await pair();
    far.destroy();
    await new Promise((resolve) => far.once('close', resolve));
    const flow = new Flow(far, NOTHING, { aheadBytes: MIB, peek: null });
    await flow.ended;
    await flow.delivered;
    near.destroy();
  });

  it('writes once for all that arrives in one turn', async () => {
    const { flow, source, target, listener } = await flowing();
    flow.to(target);
    let writes = 0;
    const uncork = target.uncork.bind(target);
    target.uncork = () => {
      writes += 1;
      uncork();
    };
    for (const word of ['a', 'b', 'c']) source.emit('data', Buffer.from(word));
    const heard = heardBy(listener);
    while (heard.bytes < 3) await sleep(5);
    expect(heard.text).toBe('abc');
    expect(writes).toBe(1);
  });
});
