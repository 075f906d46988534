import { copyFileSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { ROOT } from '../helpers/jupyter.js';
import { JupyterProcess } from '../helpers/jupyter-process.js';
import { PlainPage } from '../helpers/plain-page.js';

let jupyter: JupyterProcess;

test.beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cellfarm-notebook7-'));
  mkdirSync(join(folder, 'notebooks'));
  copyFileSync(join(ROOT, 'ui-tests/notebooks/squares.ipynb'), join(folder, 'notebooks/squares.ipynb'));
  jupyter = await JupyterProcess.start({ bin: join(ROOT, '.venv', 'bin'), app: 'notebook', folder });
});

test.describe.configure({ mode: 'serial' });

test.afterAll(() => jupyter.end());

test('in Notebook 7, Distribute runs the notebook, and the run is seen beside it', async ({ page }) => {
  const notebook = new PlainPage(page);
  await notebook.open(jupyter.urlWithToken('notebooks/squares.ipynb'));
  await notebook.run();
  await expect(notebook.head).toContainText('Done');
  await expect(notebook.runPanel.locator('.cellfarm-Card')).toContainText('Done 12 of 12');
  await expect(notebook.output(3)).toHaveText('506');
});

test('in Notebook 7, the tags of the selected cell are edited in the sidebar', async ({ page }) => {
  const notebook = new PlainPage(page);
  await notebook.open(jupyter.urlWithToken('notebooks/squares.ipynb'));
  await notebook.choose('Edit Tags');
  const tags = page.locator('.cellfarm-Tags');
  await page.locator('.jp-Notebook .jp-CodeCell .jp-InputPrompt').nth(3).click();
  await tags.getByLabel('Role').selectOption('sequential');
  await expect(page.locator('.cellfarm-Chip').last()).toContainText('sequential');
});

test('in Notebook 7, the list of runs opens and leads to a run', async ({ page }) => {
  const notebook = new PlainPage(page);
  await notebook.open(jupyter.urlWithToken('notebooks/squares.ipynb'));
  await notebook.choose('All Runs');
  await expect(notebook.runs.first()).toContainText('squares.ipynb');
  await notebook.runs.first().getByRole('button').first().click();
  await expect(page.locator('.cellfarm-Card')).toContainText('Done 12 of 12');
});
