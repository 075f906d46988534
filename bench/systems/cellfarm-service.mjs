// A running `cellfarm up` and the requests that the benchmark makes of it: start a run over HTTP, follow it to its end, say what it printed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { saidIn } from './notebooks.mjs';

const READY_MS = 30_000;
const RUN_MS = 240_000;

/** Starts `cellfarm up` in the given folder; resolves when its service answers. */
export async function startUp({ program, home, env }) {
  const up = spawn(program[0], [...program.slice(1), 'up'], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const end = () => up.kill('SIGTERM');
  process.once('exit', end); // an interrupted benchmark leaves nothing running
  up.once('exit', () => process.off('exit', end));
  let words = '';
  up.stderr.setEncoding('utf8').on('data', (text) => (words = (words + text).slice(-4_000)));
  const file = join(home, 'service.json');
  const until = performance.now() + READY_MS;
  while (!existsSync(file)) {
    if (up.exitCode !== null || performance.now() > until) throw new Error(`cellfarm is not up\n${words}`);
    await sleep(20);
  }
  return new Service(up, JSON.parse(readFileSync(file, 'utf8')), () => words);
}

class Service {
  constructor(up, address, lastWords) {
    this.up = up;
    this.address = address;
    this.lastWords = lastWords;
  }

  async get(path) {
    return JSON.parse(await textOf(await this.ask('GET', path)));
  }

  ask(method, path, body) {
    return new Promise((resolve, reject) => {
      const { socket, token } = this.address;
      const headers = { authorization: `Bearer ${token}` };
      if (body !== undefined) headers['content-type'] = 'application/json';
      const call = request({ socketPath: socket, method, path, headers }, (answer) => {
        if (answer.statusCode < 400) resolve(answer);
        else
          textOf(answer).then((text) => reject(new Error(`${path}: ${answer.statusCode} ${text}`)), reject);
      });
      call.on('error', reject);
      call.end(body);
    });
  }

  /** Plays a notebook and waits for its end. Returns what it printed, and its events of the types named. */
  async play(path, content, options) {
    const body = JSON.stringify({ path, content, options: { ...options, timeoutMs: RUN_MS } });
    const { run } = JSON.parse(await textOf(await this.ask('POST', '/v1/runs', body)));
    const events = await this.follow(run);
    const { state, error } = events.find((event) => event.type === 'run.finished') ?? { state: 'unfinished' };
    if (state !== 'done')
      throw new Error(`the run is ${state}: ${JSON.stringify(error)}\n${this.lastWords()}`);
    const outputs = events
      .filter((event) => event.type === 'cell.output')
      .map(({ output }) => ({ output_type: output.type, ...output.content }));
    return { said: saidIn(outputs), events };
  }

  /** The events that the benchmark looks at. Tasks come in tens of thousands and are not parsed. */
  async follow(run) {
    const answer = await this.ask('GET', `/v1/runs/${run}/events?follow=1&after=0`);
    const events = [];
    for await (const line of createInterface({ input: answer }))
      if (/"type":"(cell\.output|map\.|run\.)/.test(line)) events.push(JSON.parse(line));
    return events;
  }

  async stop() {
    if (this.up.exitCode !== null) return;
    this.up.kill('SIGTERM');
    await once(this.up, 'exit');
  }
}

async function textOf(answer) {
  const chunks = [];
  for await (const chunk of answer) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
