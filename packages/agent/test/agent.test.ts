// An agent with a real queue in process, real processes and a small service: what it launches, carries, reports and ends.
import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Agent, type AgentOptions, startAgent } from '@cellfarm/agent';
import { localBackend, markOf } from '@cellfarm/backends';
import type { LeaseId, RunId, SlotId, TargetName, Ticket } from '@cellfarm/protocol';
import { type LeaseQueue, agentQueue, openMemoryQueue, sign, targetQueue } from '@cellfarm/queue';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SmallService, type Stream, newLease } from './support/small-service.js';

const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], {
  encoding: 'utf8',
}).trim();
const root = realpathSync(mkdtempSync(join(tmpdir(), 'cf-agent-')));
const pythonPackage = join(root, 'cellfarm');
mkdirSync(pythonPackage);
copyFileSync(new URL('./support/boot.py', import.meta.url), join(pythonPackage, 'boot.py'));
afterAll(() => rmSync(root, { recursive: true }));

const local = 'local' as TargetName;
const key = randomBytes(32);
let cellfarmHome: string;
let queue: LeaseQueue;
let service: SmallService;
let agent: Agent;

async function start(changes: Partial<AgentOptions> = {}): Promise<Agent> {
  return startAgent({
    queue,
    backends: { local: localBackend() },
    targets: [local],
    keys: [key],
    cellfarmHome,
    pythonPackage,
    version: '0.1.0',
    graceMs: 300,
    ...changes,
  });
}

beforeEach(async () => {
  cellfarmHome = mkdtempSync(join(root, 'home-'));
  queue = openMemoryQueue();
  service = await SmallService.open();
  agent = await start();
});
afterEach(async () => {
  await agent.stop({ drain: false, graceMs: 0 });
  await queue.close();
  service.close();
});

function ticket(behaviour: string, changes: Partial<Ticket> = {}): Ticket {
  return {
    version: 1,
    lease: newLease(),
    run: 'r-0123456789abcdef' as RunId,
    slot: 'home' as SlotId,
    part: 'home',
    target: local,
    epoch: 1,
    nonce: randomBytes(16).toString('hex'),
    python: [python],
    cwd: root,
    env: { BEHAVIOUR: behaviour },
    resources: {},
    endpoint: service.endpoint,
    agent: null,
    expires: Date.now() + 60_000,
    ...changes,
  };
}

async function offer(wanted: Ticket): Promise<Stream> {
  await queue.offer(targetQueue(local), sign(wanted, key));
  return service.stream(wanted.lease);
}

/** The process numbers on the first line that a process says. */
async function firstLine(stream: Stream): Promise<number[]> {
  await stream.until(({ said }) => said.includes('\n'));
  return (stream.said.split('\n')[0] ?? '').split(' ').map(Number);
}

async function areRunning(pids: readonly number[]): Promise<boolean[]> {
  const marks = await Promise.all(pids.map(markOf));
  return marks.map((mark) => mark !== null);
}

describe('an agent', () => {
  it('is on the list of agents while it is there', async () => {
    expect(await queue.agents()).toMatchObject([{ agent: agent.id, pid: process.pid, targets: ['local'] }]);
    await agent.stop({ drain: true });
    expect(await queue.agents()).toEqual([]);
  });

  it('launches what a ticket asks for, with the words that name it', async () => {
    const stream = await offer(ticket('tell', { part: 'worker' }));
    await stream.until(({ closed }) => closed);
    expect(stream.said).toBe(
      "[['cellfarm', 'worker'], ['CELLFARM_DOOR', 'CELLFARM_NONCE', 'CELLFARM_OBJECTS', 'CELLFARM_PATH'], " +
        `'${root}']`,
    );
    expect(stream.agent).toBe(agent.id);
    expect(stream.exit).toEqual({ exitCode: 0, signal: null, oomKilled: false, stderr: '' });
  });

  it('tells its processes of no object folder when the service may be on another machine', async () => {
    await agent.stop({ drain: false });
    agent = await start({ endpointOverride: service.endpoint });
    const stream = await offer(ticket('tell', { endpoint: { host: 'elsewhere.invalid', port: 1 } }));
    await stream.until(({ closed }) => closed);
    expect(stream.said).toContain("['CELLFARM_DOOR', 'CELLFARM_NONCE', 'CELLFARM_PATH']");
  });

  it('carries 200 MB of random bytes there and back unchanged', async () => {
    const stream = await offer(ticket('echo'));
    const random = createCipheriv('aes-128-ctr', randomBytes(16), randomBytes(16));
    const sent = createHash('sha256');
    const zeros = Buffer.alloc(1 << 20);
    for (let i = 0; i < 200; i += 1) {
      const chunk = random.update(zeros);
      sent.update(chunk);
      if (!stream.socket.write(chunk)) await new Promise((resolve) => stream.socket.once('drain', resolve));
    }
    await stream.until(({ received }) => received >= 200 << 20);
    expect(stream.received).toBe(200 << 20);
    expect(stream.digest.digest('hex')).toBe(sent.digest('hex'));
  });

  it('delivers all that a killed process said, then how it ended, and then closes the stream', async () => {
    const stream = await offer(ticket('talk-and-die'));
    await stream.until(({ closed }) => closed);
    expect(stream.received).toBe(3_000_009);
    expect(stream.exit).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
    expect(stream.exitBeforeClose).toBe(true);
  });

  it('reports a process that ended before it came to the door, with its last words', async () => {
    const stream = await offer(ticket('no-show'));
    await stream.until(({ closed }) => closed);
    expect(stream.exit).toEqual({ exitCode: 3, signal: null, oomKilled: false, stderr: 'cannot boot\n' });
  });

  it('reports an interpreter that cannot be started', async () => {
    const stream = await offer(ticket('echo', { python: ['/no/such/python'] }));
    await stream.until(({ closed }) => closed);
    expect(stream.exit).toMatchObject({
      exitCode: null,
      signal: null,
      stderr: '/no/such/python cannot be started: there is no such program',
    });
  });

  it('does not wait for ever for a connection that an heir of the process holds open', async () => {
    const stream = await offer(ticket('heir'));
    await stream.until(({ closed }) => closed);
    expect(stream.said).toBe('said');
    expect(stream.exit).toMatchObject({ exitCode: 0 });
  });

  it('ends a process and its deaf children when the service closes the stream', async () => {
    const stream = await offer(ticket('deaf-family'));
    const pids = await firstLine(stream);
    expect(await areRunning(pids)).toEqual([true, true]);
    stream.socket.destroy();
    await heldNothing();
    expect(await areRunning(pids)).toEqual([false, false]);
  });

  it('hears that the service closed the stream while a busy process reads nothing', async () => {
    const stream = await offer(ticket('busy'));
    const pids = await firstLine(stream);
    const chunk = Buffer.alloc(1 << 20);
    for (let i = 0; i < 80; i += 1) stream.socket.write(chunk);
    stream.socket.end();
    await heldNothing();
    expect(await areRunning(pids)).toEqual([false]);
  });

  it('ends a process that closed its connection and goes on', async () => {
    const stream = await offer(ticket('leave-door'));
    const pids = await firstLine(stream);
    await stream.until(({ closed }) => closed);
    expect(stream.exit).toMatchObject({ signal: 'SIGTERM' });
    expect(await areRunning(pids)).toEqual([false]);
  });

  it('ends processes when it is stopped, and says how they ended', async () => {
    const stream = await offer(ticket('deaf-family'));
    const pids = await firstLine(stream);
    await agent.stop({ drain: false });
    expect(await areRunning(pids)).toEqual([false, false]);
    expect(stream.exit).toMatchObject({ signal: 'SIGKILL' });
    expect(agent.held).toBe(0);
  });

  it('lets what it holds end by itself when it is drained, and takes no more', async () => {
    const stream = await offer(ticket('echo'));
    const drained = agent.stop({ drain: true });
    const late = ticket('echo');
    await queue.offer(targetQueue(local), sign(late, key));
    stream.socket.write('still here');
    await stream.until(({ said }) => said === 'still here');
    stream.socket.end();
    await drained;
    expect(service.streams.has(late.lease)).toBe(false);
  });

  it('holds many leases at a time', async () => {
    const streams = await Promise.all(Array.from({ length: 12 }, () => offer(ticket('sleep'))));
    await Promise.all(streams.map(firstLine));
    expect(agent.held).toBe(12);
  });

  async function heldNothing(): Promise<void> {
    while (agent.held > 0) await sleep(20);
  }
});

describe('tickets', () => {
  const rows: { name: string; offered: () => { text: string; mac: string; lease: LeaseId } }[] = [
    { name: 'with a wrong signature', offered: () => signedBy(randomBytes(32), ticket('echo')) },
    { name: 'that expired', offered: () => signedBy(key, ticket('echo', { expires: Date.now() - 1 })) },
    {
      name: 'for another agent',
      offered: () => signedBy(key, ticket('echo', { agent: 'other-1-x' as never })),
    },
    {
      name: 'for another target',
      offered: () => signedBy(key, ticket('echo', { target: 'slurm' as TargetName })),
    },
  ];
  it.each(rows)('$name open no stream and launch nothing', async ({ offered }) => {
    const { lease, ...signed } = offered();
    await queue.offer(targetQueue(local), signed);
    const good = await offer(ticket('sleep'));
    await firstLine(good);
    expect(service.streams.has(lease)).toBe(false);
    expect(agentFile().processes).toHaveLength(1);
  });

  it('that the service does not know launch nothing', async () => {
    const unknown = ticket('sleep');
    service.refused.add(unknown.lease);
    await queue.offer(targetQueue(local), sign(unknown, key));
    await firstLine(await offer(ticket('sleep')));
    while (agent.held > 1) await sleep(20);
    expect(agentFile().processes).toHaveLength(1);
  });

  function signedBy(signer: Uint8Array, wanted: Ticket) {
    return { ...sign(wanted, signer), lease: wanted.lease };
  }
});

describe('shards', () => {
  function shard(): Ticket {
    return ticket('none', { part: 'shard', slot: 'w0' as SlotId, agent: agent.id });
  }

  async function offerShard(wanted: Ticket): Promise<Stream> {
    await queue.offer(agentQueue(agent.id), sign(wanted, key));
    return service.stream(wanted.lease);
  }

  function comeToTheDoor(nonce: string) {
    const socket = connect(agentFile().door);
    socket.write(`${nonce}\nhello`);
    return socket;
  }

  it('join their stream by their nonce', async () => {
    const wanted = shard();
    const stream = await offerShard(wanted);
    const socket = comeToTheDoor(wanted.nonce);
    await stream.until(({ said }) => said === 'hello');
    stream.socket.write('task');
    const heard = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
    expect(heard.toString()).toBe('task');
    socket.end(' and bye');
    await stream.until(({ closed }) => closed);
    expect(stream.said).toBe('hello and bye');
  });

  it('may come before their lease', async () => {
    const wanted = shard();
    comeToTheDoor(wanted.nonce);
    await sleep(200);
    const stream = await offerShard(wanted);
    await stream.until(({ said }) => said === 'hello');
  });

  it('lose their connection when the service closes the stream', async () => {
    const wanted = shard();
    const stream = await offerShard(wanted);
    const socket = comeToTheDoor(wanted.nonce);
    const gone = new Promise((resolve) => socket.once('close', resolve));
    socket.resume();
    await stream.until(({ said }) => said === 'hello');
    stream.socket.destroy();
    await gone;
  });
});

describe('what a dead agent left', () => {
  it('is ended by the next agent of this host, its door removed, its file too', async () => {
    const backend = localBackend();
    const orphan = await backend.launch({
      name: newLease(),
      argv: [python, '-c', 'import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(600)'],
      cwd: root,
      env: {},
      memoryBytes: null,
      gpus: 0,
    });
    const door = join(mkdtempSync(join(tmpdir(), 'cellfarm-door-')), 'd');
    const dead = { agent: 'dead-1-x', host: hostname(), pid: process.pid, startTime: 'long ago', door };
    const processes = [{ target: 'local', remains: orphan.remains }];
    writeFileSync(join(cellfarmHome, 'agents', 'dead-1-x.json'), JSON.stringify({ ...dead, processes }));
    const next = await start();
    expect((await backend.watch(orphan)).signal).toBe('SIGKILL');
    expect(readdirSync(join(cellfarmHome, 'agents')).sort()).toEqual(
      [`${agent.id}.json`, `${next.id}.json`].sort(),
    );
    expect(readdirSync(tmpdir())).not.toContain(door.split('/').at(-2));
    await next.stop({ drain: false });
  });

  it('is left alone while that agent lives, or when it was one of another host', async () => {
    await firstLine(await offer(ticket('sleep')));
    const elsewhere = { ...agentFile(), agent: 'other', host: 'elsewhere', startTime: 'long ago' };
    writeFileSync(join(cellfarmHome, 'agents', 'other.json'), JSON.stringify(elsewhere));
    const next = await start();
    expect(agent.held).toBe(1);
    expect(readdirSync(join(cellfarmHome, 'agents'))).toContain('other.json');
    await next.stop({ drain: false });
  });

  it('is nothing when an agent left in order', async () => {
    await firstLine(await offer(ticket('sleep')));
    await agent.stop({ drain: false });
    expect(readdirSync(join(cellfarmHome, 'agents'))).toEqual([]);
  });
});

function agentFile(): { door: string; processes: unknown[] } {
  const text = readFileSync(join(cellfarmHome, 'agents', `${agent.id}.json`), 'utf8');
  return JSON.parse(text) as { door: string; processes: unknown[] };
}
