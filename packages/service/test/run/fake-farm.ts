// A service with an in-process agent whose processes are scripted in the test: real sockets, real frames, real journal, no Python.
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { FRAME, FrameReader, PROTOCOL_VERSION, STATUS, encodeFrame, frameMeta } from '@cellfarm/protocol';
import type {
  AgentId,
  AgentInfo,
  Frame,
  FrameFields,
  PlayMeta,
  RunEvent,
  RunOptions,
  SignedTicket,
  TargetName,
  Ticket,
} from '@cellfarm/protocol';
import { agentQueue, openMemoryQueue, targetQueue } from '@cellfarm/queue';
import type { LeaseQueue, Taking } from '@cellfarm/queue';
import { startService } from '../../src/index.js';
import type { Service } from '../../src/index.js';

const AGENT = 'test-1-agent' as AgentId;
const TARGETS = ['local', 'docker'] as TargetName[];

/** One scripted process at the end of a stream. */
export class FakeProcess {
  readonly seen: Frame[] = [];
  private readonly waiters: (() => void)[] = [];

  constructor(
    readonly ticket: Ticket,
    private readonly socket: Duplex,
  ) {}

  send(fields: FrameFields): void {
    this.socket.write(encodeFrame({ slot: slotNumber(this.ticket), epoch: this.ticket.epoch, ...fields }));
  }

  hello(nonce = this.ticket.nonce): void {
    const meta = {
      protocol: PROTOCOL_VERSION,
      nonce,
      part: this.ticket.part,
      pid: process.pid,
      host: hostname(),
      python: '3.12.0',
    };
    this.send({ type: FRAME.hello, meta });
  }

  get isDead(): boolean {
    return this.socket.destroyed;
  }

  /** Ends the connection as a killed process would. */
  die(): void {
    this.socket.destroy();
  }

  note(frame: Frame): void {
    this.seen.push(frame);
    for (const waiter of this.waiters.splice(0)) waiter();
  }

  /** The first frame of this type that satisfies `wanted`, now or later. */
  async await(type: number, wanted: (frame: Frame) => boolean = () => true): Promise<Frame> {
    for (;;) {
      const found = this.seen.find((frame) => frame.type === type && wanted(frame));
      if (found) return found;
      await new Promise<void>((resolve) => this.waiters.push(resolve));
    }
  }
}

function slotNumber(ticket: Ticket): number {
  return ticket.slot === 'home' ? 0xffff : Number(ticket.slot.slice(1));
}

export interface Script {
  /** Called for every frame that a process gets, after `hello`. */
  frame(process: FakeProcess, frame: Frame): void | Promise<void>;
  /** Called instead of saying hello. */
  start?(process: FakeProcess): void;
}

export interface Farm {
  readonly service: Service;
  readonly processes: FakeProcess[];
  readonly home: string;
  readonly queue: LeaseQueue;
  call(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; text: string; json: unknown }>;
  start(cells: readonly (string | Cell)[], options?: RunOptions): Promise<string>;
  /** Events of a run up to its end. */
  events(run: string): Promise<RunEvent[]>;
  /** Stops the service as a crash would look to everybody else, and starts another one on the same folder. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface Cell {
  readonly source: string;
  readonly metadata?: object;
}

export function notebook(cells: readonly (string | Cell)[], metadata: object = {}): string {
  const all = cells.map((cell, index) => {
    const { source, metadata: tags = {} } = typeof cell === 'string' ? { source: cell } : cell;
    return {
      cell_type: 'code',
      id: `id-${index}`,
      metadata: tags,
      source,
      outputs: [],
      execution_count: null,
    };
  });
  return JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells: all });
}

export async function startFarm(script: Script, keep?: string): Promise<Farm> {
  const home = keep ?? (await mkdtemp(join(tmpdir(), 'cellfarm-farm-')));
  const python = join(home, 'python');
  const answer = { version: [3, 12, 1], executable: python, prefix: home, ipykernel: python };
  await writeFile(python, `#!/bin/sh\necho '${JSON.stringify(answer)}'\n`);
  await chmod(python, 0o755);
  let queue = openMemoryQueue();
  const processes: FakeProcess[] = [];
  const start = async (resumeInterrupted: boolean): Promise<{ service: Service; taking: Taking }> => {
    const service = await startService({
      cellfarmHome: home,
      queue: { type: 'given', queue },
      resumeInterrupted,
      packageFolder: home,
      python,
      version: '0.0.0',
      logPath: join(home, 'service.log'),
    });
    const info: AgentInfo = {
      agent: AGENT,
      host: hostname(),
      pid: process.pid,
      targets: TARGETS,
      cpus: 4,
      memoryBytes: 2 ** 30,
      gpus: 0,
      devices: [],
      gpuReason: 'nvidia-smi not found',
      version: '0.0.0',
    };
    await queue.announce(info);
    const queues = [...TARGETS.map(targetQueue), agentQueue(AGENT)];
    const taking = queue.take(queues, { concurrency: 64 }, (signed) =>
      hold(service, signed, script, processes),
    );
    return { service, taking };
  };
  let running = await start(false);
  const call: Farm['call'] = (method, path, body) => callService(running.service, method, path, body);
  return {
    get service() {
      return running.service;
    },
    processes,
    home,
    get queue() {
      return queue;
    },
    call,
    async start(cells, options = {}) {
      const body = {
        path: join(home, 'test.ipynb'),
        content: notebook(cells),
        options: { python, workers: 2, ...options },
      };
      const answer = await call('POST', '/v1/runs', body);
      if (answer.status !== 202) throw new Error(answer.text);
      return (answer.json as { run: string }).run;
    },
    async events(run) {
      const { text } = await call('GET', `/v1/runs/${run}/events?follow=1`);
      return text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as RunEvent);
    },
    async restart() {
      await Promise.all([running.taking.stop({ drain: false }), running.service.stop()]);
      await queue.close();
      queue = openMemoryQueue();
      running = await start(true);
    },
    async stop() {
      await Promise.all([running.taking.stop({ drain: false }), running.service.stop()]);
      await queue.close();
      if (!keep) await rm(home, { recursive: true, force: true });
    },
  };
}

function hold(
  service: Service,
  signed: SignedTicket,
  script: Script,
  processes: FakeProcess[],
): Promise<void> {
  const ticket = JSON.parse(signed.text) as Ticket;
  return openStream(service, ticket.lease, signed).then(
    (socket) =>
      new Promise<void>((resolve) => {
        const fake = new FakeProcess(ticket, socket);
        processes.push(fake);
        const reader = new FrameReader();
        socket.on('data', (chunk: Buffer) => {
          for (const frame of reader.push(chunk)) {
            fake.note(frame);
            if (frame.type === FRAME.end) socket.end();
            else void script.frame(fake, frame);
          }
        });
        socket.on('error', () => socket.destroy());
        socket.on('close', () => resolve());
        if (script.start) script.start(fake);
        else if (ticket.part !== 'shard') fake.hello();
        else void joinAfterFork(processes, fake);
      }),
    () => undefined,
  );
}

/** A shard lives once home was asked to fork it. */
async function joinAfterFork(processes: FakeProcess[], shard: FakeProcess): Promise<void> {
  const home = processes.findLast((each) => each.ticket.part === 'home');
  await home?.await(
    FRAME.fork,
    (frame) => (frameMeta(frame) as { nonce: string }).nonce === shard.ticket.nonce,
  );
  home?.send({
    type: FRAME.forked,
    meta: { slot: slotNumber(shard.ticket), pid: process.pid, refused: null },
  });
  shard.hello();
}

export function openStream(
  service: Service,
  lease: string,
  signed: SignedTicket,
  agent: string = AGENT,
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const asked = request({
      socketPath: service.address.socket,
      path: `/v1/streams/${lease}`,
      headers: {
        connection: 'Upgrade',
        upgrade: 'cellfarm-stream',
        'x-cellfarm-ticket': Buffer.from(JSON.stringify(signed)).toString('base64'),
        'x-cellfarm-agent': agent,
      },
    });
    asked.on('upgrade', (_answer, socket, head) => {
      if (head.byteLength > 0) socket.unshift(head);
      resolve(socket);
    });
    asked.on('response', (answer) => reject(new Error(`refused with ${answer.statusCode}`)));
    asked.on('error', reject);
    asked.end();
  });
}

function callService(
  service: Service,
  method: string,
  path: string,
  body?: unknown,
): ReturnType<Farm['call']> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const asked = request({
      socketPath: service.address.socket,
      method,
      path,
      headers: {
        authorization: `Bearer ${service.address.token}`,
        ...(text === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      },
    });
    asked.on('error', reject);
    asked.on('response', (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const isJson =
          answer.headers['content-type']?.includes('json') &&
          !answer.headers['content-type'].includes('ndjson');
        resolve({
          status: answer.statusCode ?? 0,
          text,
          json: isJson ? (JSON.parse(text) as unknown) : null,
        });
      });
    });
    asked.end(text);
  });
}

/** A home that plays by the cell's text: `print("…")` prints, `raise X("…")` raises, `exit()` exits, all else is silent. */
export function playSimply(home: FakeProcess, frame: Frame): boolean {
  if (frame.type === FRAME.inspect) {
    home.send({ type: FRAME.inspected, meta: { variables: { x: { type: 'int', digest: 'd'.repeat(64) } } } });
    return true;
  }
  if (frame.type !== FRAME.play) return false;
  const { task, cell, code } = frameMeta(frame) as PlayMeta;
  for (const [, text] of code.matchAll(/print\("(.*?)"\)/g)) {
    const output = { cell, type: 'stream', content: { name: 'stdout', text: `${text}\n` } };
    home.send({ type: FRAME.output, meta: output });
  }
  const raised = /raise (\w+)\("(.*?)"\)/.exec(code);
  const error = raised ? { ename: raised[1], evalue: raised[2], traceback: ['Traceback'], line: 1 } : null;
  if (error) {
    const { ename, evalue, traceback } = error;
    home.send({ type: FRAME.output, meta: { cell, type: 'error', content: { ename, evalue, traceback } } });
  }
  home.send({ type: FRAME.played, meta: { task, cell, error, exit: code.includes('exit()') } });
  return true;
}

export function sendResult(
  worker: FakeProcess,
  task: Frame,
  payload: Uint8Array,
  status: number = STATUS.ok,
  reason = '',
): void {
  const meta = { durationsMs: [1], object: null, reason };
  worker.send({ type: FRAME.result, status, task: task.task, attempt: task.attempt, meta, payload });
}

export async function readRunFile(farm: Farm, run: string, name: string): Promise<unknown> {
  return JSON.parse(await readFile(join(farm.home, 'runs', run, name), 'utf8'));
}
