import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '../helpers/cellfarm-page.js';
import { sharedFolder } from '../helpers/jupyter.js';

test('the plan says what runs where and why before anything runs', async ({ lab }) => {
  await lab.open('squares.ipynb');
  const dialog = await lab.distribute();
  await expect(dialog).toContainText('Distribute squares.ipynb?');
  await expect(dialog.locator('tbody tr')).toHaveCount(4);
  await expect(dialog).toContainText('Independent steps over numbers');
  await expect(dialog).toContainText('Waits for squares from cell [2]');
  await expect(dialog).toContainText('What leaves this machine');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(lab.runPanel).toHaveCount(0);
});

test('a dry run shows the graph and runs nothing', async ({ lab }) => {
  await lab.open('squares.ipynb');
  const dialog = await lab.distribute();
  await dialog.getByRole('button', { name: 'Dry run' }).click();
  await expect(lab.head).toContainText('nothing runs');
  await expect(lab.runPanel.locator('.cellfarm-Card')).toContainText('Squares');
});

test('nodes go through their states and the outputs are those of Restart & Run All', async ({ lab }) => {
  await lab.open('gated.ipynb');
  await lab.run();
  const card = lab.runPanel.locator('.cellfarm-Card');
  await expect(card).toContainText('Waiting');
  writeFileSync(join(sharedFolder(), 'notebooks', 'go'), '');
  await expect(card).toContainText(/Running \d+ of 12/);
  await expect(lab.page.locator('.cellfarm-Strip')).toContainText(/\d+ of 12 done/);
  await expect(card).toContainText('Done 12 of 12');
  await expect(lab.head).toContainText('Done');
  await expect(lab.page.locator('.cellfarm-RunStatus')).toContainText('is done');
  const distributed = await lab.outputs();
  expect(distributed[1]).toContain('square of 11');
  expect(distributed[2]).toBe('506');

  await lab.page
    .locator('.jp-NotebookPanel')
    .first()
    .click({ position: { x: 5, y: 200 } });
  await lab.execute('notebook:run-all-cells');
  await expect(lab.page.locator('.jp-NotebookPanel .jp-InputPrompt').nth(3)).toHaveText('[4]:');
  await expect.poll(() => lab.outputs()).toEqual(distributed);
});

test('the prompts count as in a kernel', async ({ lab }) => {
  await lab.open('squares.ipynb');
  await lab.run();
  await expect(lab.head).toContainText('Done');
  const prompts = lab.page.locator('.jp-Notebook .jp-CodeCell .jp-InputPrompt');
  await expect(prompts).toHaveText(['[1]:', '[2]:', '[3]:', '[4]:']);
});

test('pressing Distribute twice is one run', async ({ lab }) => {
  await lab.open('slow.ipynb');
  await lab.run();
  const name = await lab.head.locator('b').innerText();
  await lab.execute('cellfarm:distribute');
  await expect(lab.page.locator('.cellfarm-PlanDialog')).toHaveCount(0);
  await expect(lab.head.locator('b')).toHaveText(name);
  await lab.head.getByRole('button', { name: 'Cancel run' }).click();
  await expect(lab.head).toContainText('Cancelled');
});

test('"Don\'t ask again" starts the next run at once', async ({ lab }) => {
  await lab.open('squares.ipynb');
  const dialog = await lab.distribute();
  await dialog.getByLabel("Don't ask again for this notebook").check();
  await dialog.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(lab.head).toContainText('Done');
  await lab.page.locator('.cellfarm-Split button').first().click();
  await expect(lab.head).toContainText('Running');
  await expect(lab.head).toContainText('Done');
});

test('the example opens from the palette and runs to its end', async ({ lab }) => {
  await lab.execute('cellfarm:open-example');
  await expect(lab.page.locator('.jp-Notebook .jp-CodeCell')).toHaveCount(4);
  await lab.run();
  await expect(lab.head).toContainText('Done');
  expect((await lab.outputs())[3]).toContain('primes:');
});

test('a notebook of an older format, whose cells have no ids, is shown its run as any other', async ({
  lab,
}) => {
  await lab.open('no-ids.ipynb');
  await lab.run();
  await expect(lab.page.locator('.cellfarm-Strip')).toContainText(/\d+ of 8 done/);
  await expect(lab.head).toContainText('Done');
  const outputs = await lab.outputs();
  expect(outputs[1]?.match(/cube of/g)).toHaveLength(8);
  expect(outputs[2]).toBe('784');
  await expect(lab.chips).toHaveAttribute('aria-label', /Done 8 of 8/);
  await lab.runPanel.locator('.cellfarm-Card').click();
  await expect(lab.page.locator('.jp-Notebook .jp-Cell').nth(2)).toHaveClass(/jp-mod-active/);
});

test('two views of one notebook show each output once', async ({ lab }) => {
  await lab.open('squares.ipynb');
  await lab.execute('docmanager:clone');
  await expect(lab.page.locator('.jp-NotebookPanel')).toHaveCount(2);
  await lab.page.locator('.cellfarm-Split button:visible').first().click();
  await lab.page.locator('.cellfarm-PlanDialog').getByRole('button', { name: 'Run', exact: true }).click();
  await expect(lab.page.locator('.cellfarm-RunStatus')).toContainText('is done');
  await expect.poll(async () => (await lab.outputs())[2]).toBe('506');
  await expect.poll(async () => (await lab.outputs())[1]?.match(/square of/g)?.length).toBe(12);
});

test('a notebook that is renamed in mid-run goes on to show its run', async ({ lab }) => {
  await lab.open('slow.ipynb');
  await lab.run();
  await expect(lab.page.locator('.cellfarm-Strip')).toContainText(/[1-9]\d* of 40 done/);
  await lab.rename('slow.ipynb', 'slow-renamed.ipynb');
  await expect(lab.page.locator('.cellfarm-RunStatus')).toContainText('is running');
  await expect(lab.chips).toHaveAttribute('aria-label', /Running/);
  await expect(lab.head).toContainText('Done');
  await expect.poll(async () => (await lab.outputs())[2]).toBe('sum 780\n');
  await lab.rename('slow-renamed.ipynb', 'slow.ipynb');
});

test('"Show run" of a notification opens that run, whatever notebook is in front', async ({ lab }) => {
  await lab.open('squares.ipynb');
  await lab.run();
  const name = await lab.head.locator('b').innerText();
  await expect(lab.head).toContainText('Running');
  await lab.closeRunPanels();
  await lab.open('plain.ipynb');
  await lab.page.getByRole('button', { name: 'Show run' }).click();
  await expect(lab.head.locator('b')).toHaveText(name);
  await expect(lab.head).toContainText('Done');
});

test('earlier runs that cannot be read cost the forecast and nothing else', async ({ lab, page }) => {
  await lab.open('squares.ipynb');
  await page.route(/cellfarm\/api\/v1\/runs\/?(\?|$)/, (route) =>
    route.request().method() === 'GET' ? route.fulfill({ status: 500, body: '{}' }) : route.fallback(),
  );
  const dialog = await lab.distribute();
  await expect(dialog).toContainText('none before a run is done');
  await dialog.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(lab.head).toContainText('Done');
});
