// A Jupyter application that a test starts and ends itself, as a user does in a terminal: with a token, on a port of its own,
// and with nothing of this checkout in its environment. What one leaves in its folder is there for the next.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from './jupyter.js';

const TOKEN = 'a-token-of-the-tests';
const PATIENCE_MS = 90_000;

export interface JupyterProcessOptions {
  /** The folder `bin` of the environment that Jupyter is installed in. */
  readonly bin: string;
  readonly app: 'lab' | 'notebook';
  /** Holds `notebooks`, which Jupyter shows, and `user`, which it takes for the home folder. */
  readonly folder: string;
  /** Begins and ends with a slash. @default '/' */
  readonly baseUrl?: string;
  /** Further words of the command. */
  readonly words?: readonly string[];
}

export class JupyterProcess {
  private constructor(
    private readonly options: JupyterProcessOptions,
    private readonly process: ChildProcess,
    private readonly port: number,
    private readonly log: string,
  ) {}

  static async start(options: JupyterProcessOptions): Promise<JupyterProcess> {
    const { bin, app, folder, baseUrl = '/', words = [] } = options;
    const port = await freePort();
    const log = join(folder, `jupyter-${port}.log`);
    for (const part of ['notebooks', 'user']) mkdirSync(join(folder, part), { recursive: true });
    const output = openSync(log, 'w');
    const given = [
      `--ServerApp.port=${port}`,
      '--ServerApp.port_retries=0',
      '--ServerApp.open_browser=False',
      '--ServerApp.allow_root=True',
      `--ServerApp.base_url=${baseUrl}`,
      `--IdentityProvider.token=${TOKEN}`,
    ];
    const child = spawn(join(bin, 'jupyter'), [app, ...given, ...words], {
      cwd: join(folder, 'notebooks'),
      env: environment(folder),
      stdio: ['ignore', output, output],
    });
    const started = new JupyterProcess(options, child, port, log);
    await started.answers();
    return started;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Address of a page or route, without the token. */
  url(path: string): string {
    return `${this.origin}${this.options.baseUrl ?? '/'}${path}`;
  }

  /** Address that logs in who opens it. */
  urlWithToken(path: string): string {
    return `${this.url(path)}?token=${TOKEN}`;
  }

  /** Ctrl-C; resolves when it has ended. */
  async end(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.kill('SIGINT');
    await ended;
  }

  private async answers(): Promise<void> {
    const giveUp = Date.now() + PATIENCE_MS;
    while (Date.now() < giveUp && this.process.exitCode === null) {
      const answer = await fetch(this.urlWithToken('api/status')).catch(() => null);
      if (answer?.ok === true) return;
      await sleep(100);
    }
    this.process.kill('SIGKILL');
    throw new Error(`Jupyter did not start:\n${readFileSync(this.log, 'utf8')}`);
  }
}

/** This environment, without what points into this checkout or at the settings of whoever runs the tests. */
function environment(folder: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(PYTHON|JUPYTER|CELLFARM|VIRTUAL_ENV$|XDG_)/.test(name),
  );
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((each) => !each.startsWith(ROOT));
  return { ...Object.fromEntries(kept), HOME: join(folder, 'user'), PATH: path.join(delimiter) };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
