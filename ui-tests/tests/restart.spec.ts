import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { ROOT } from '../helpers/jupyter.js';
import { JupyterProcess } from '../helpers/jupyter-process.js';
import { PlainPage } from '../helpers/plain-page.js';

const bin = join(ROOT, '.venv', 'bin');
const started: JupyterProcess[] = [];
let folder = '';

test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cellfarm-restart-'));
  mkdirSync(join(folder, 'notebooks'));
  for (const name of ['squares.ipynb', 'slow.ipynb', 'plain.ipynb']) {
    copyFileSync(join(ROOT, 'ui-tests', 'notebooks', name), join(folder, 'notebooks', name));
  }
});

test.afterEach(async () => {
  for (const jupyter of started.splice(0)) await jupyter.end();
});

async function jupyter(...words: string[]): Promise<JupyterProcess> {
  const process = await JupyterProcess.start({ bin, app: 'lab', folder, words });
  started.push(process);
  return process;
}

test('after everything was restarted the list has the run, and it opens with graph and outputs', async ({
  page,
}) => {
  const lab = new PlainPage(page);
  const before = await jupyter();
  await lab.open(before.urlWithToken('lab/tree/squares.ipynb'));
  await lab.run();
  await expect(lab.head).toContainText('Done');
  // A second person on the same service: the list then says who.
  const home = join(folder, 'user', '.local', 'share', 'cellfarm');
  execFileSync(join(bin, 'cellfarm'), ['run', 'plain.ipynb', '-o', join(folder, 'out.ipynb')], {
    cwd: join(folder, 'notebooks'),
    env: { ...process.env, CELLFARM_HOME: home },
    stdio: 'ignore',
  });
  await page.goto('about:blank');
  await before.end();

  const after = await jupyter();
  await lab.open(after.urlWithToken('lab/tree/squares.ipynb'));
  await lab.choose('All Runs');
  await expect(lab.runs).toHaveCount(2);
  const [plain, squares] = [lab.runs.nth(0).locator('td'), lab.runs.nth(1).locator('td')];
  await expect(plain.nth(5)).toHaveText(userInfo().username);
  await expect(squares.nth(1)).toHaveText('Done');
  await expect(squares.nth(2)).toHaveText('squares.ipynb');
  await expect(squares.nth(3)).toHaveText(/\d+:\d\d/);
  await expect(squares.nth(4)).toHaveText(/\d.*s/);
  await expect(squares.nth(5)).toHaveText(/\S/);
  await squares.nth(0).getByRole('button').click();
  await expect(page.locator('.cellfarm-Card')).toContainText('Done 12 of 12');
  await expect(page.locator('.cellfarm-Graph')).toContainText('Report');
  await expect(lab.output(2)).toContainText('square of 11');
  await expect(lab.output(3)).toHaveText('506');
});

test('a run that was to go on while Jupyter was away is found again and ends complete', async ({ page }) => {
  const path = join(folder, 'notebooks', 'slow.ipynb');
  // Its second half waits until the other Jupyter is there.
  const gate = 'while x >= 20 and not os.path.exists(\\"go\\"): time.sleep(0.1)';
  const text = readFileSync(path, 'utf8').replace('import time', 'import os, time');
  writeFileSync(path, text.replace('time.sleep(0.5)', gate));
  const lab = new PlainPage(page);
  const before = await jupyter('--Cellfarm.keep_runs=True');
  await lab.open(before.urlWithToken('lab/tree/slow.ipynb'));
  await lab.run();
  await expect(page.locator('.cellfarm-Strip')).toContainText(/[1-9]\d* of 40 done/);
  await page.goto('about:blank');
  await before.end();

  const after = await jupyter('--Cellfarm.keep_runs=True');
  await lab.open(after.urlWithToken('lab/tree/slow.ipynb'));
  await expect(page.locator('.cellfarm-RunStatus')).toContainText(/running/i);
  writeFileSync(join(folder, 'notebooks', 'go'), '');
  await expect(page.locator('.cellfarm-RunStatus')).toContainText('is done');
  await expect(lab.output(3)).toHaveText('sum 780\n');
  await lab.choose('All Runs');
  await expect(lab.runs).toHaveCount(1);
  await expect(lab.runs).toContainText('Done');
});
