import { expect, test } from '../helpers/cellfarm-page.js';

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
  await lab.open('squares.ipynb');
  await lab.run();
  const card = lab.runPanel.locator('.cellfarm-Card');
  await expect(card).toContainText('Waiting');
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
