import { expect, test } from '../helpers/cellfarm-page.js';

test('a selected node shows its shards, attempts and names, and its cell', async ({ lab }) => {
  await lab.open('squares.ipynb');
  await lab.run();
  await expect(lab.head).toContainText('Done');
  await lab.page.setViewportSize({ width: 1900, height: 940 });
  await lab.runPanel.locator('.cellfarm-Card').click();
  const details = lab.page.locator('.cellfarm-Details');
  await expect(details).toContainText('map of 12 over numbers');
  await expect(details.locator('.cellfarm-Shard')).toHaveCount(12);
  await details.getByRole('button', { name: 'Shard 3: Done' }).click();
  await expect(details.locator('tbody').first()).toContainText(/w\d/);
  await expect(lab.page.locator('.jp-Cell.jp-mod-active')).toContainText('square(x)');
  await expect(lab.page.locator('.cellfarm-EdgeLabel').first()).toContainText('numbers');
});

test('the graph is walked by keyboard', async ({ lab }) => {
  await lab.open('squares.ipynb');
  await lab.run();
  await expect(lab.head).toContainText('Done');
  const graph = lab.runPanel.locator('.cellfarm-Graph');
  await graph.focus();
  await graph.press('Home');
  await expect(graph.locator('.cellfarm-mod-selected').first()).toContainText('Set up');
  await graph.press('ArrowRight');
  await expect(graph.locator('.cellfarm-Card.cellfarm-mod-selected')).toContainText('Squares');
  await graph.press('Enter');
  await expect(lab.page.locator('.jp-Cell.jp-mod-active')).toContainText('square(x)');
});

test('the table says the same as the graph and opens a map', async ({ lab }) => {
  await lab.open('squares.ipynb');
  await lab.run();
  await expect(lab.head).toContainText('Done');
  await lab.head.getByRole('button', { name: 'Table' }).click();
  const rows = lab.runPanel.locator('.cellfarm-TableView-rows tbody tr');
  await expect(rows).toHaveCount(4);
  await rows.nth(1).getByRole('button', { name: 'Shards of 2 Squares' }).click();
  await expect(rows).toHaveCount(16);
  await lab.runPanel.getByLabel('Filter tasks').fill('total');
  await expect(rows).toHaveCount(1);
});

test('the timeline has a row for each cell and lanes for home and the workers', async ({ lab }) => {
  await lab.open('squares.ipynb');
  await lab.run();
  await expect(lab.head).toContainText('Done');
  await lab.head.getByRole('button', { name: 'Timeline' }).click();
  const panel = lab.runPanel;
  await expect(panel.locator('.cellfarm-Chart-row')).toHaveCount(4);
  await expect(panel).toContainText('Critical path');
  await expect(panel.locator('.cellfarm-Devices')).toContainText('home');
  await expect(panel.locator('.cellfarm-Devices')).toContainText(/\d+ cores?/);
  await expect(panel.locator('.cellfarm-Devices')).toContainText(/No GPU found|\d GPU/);
});

test('a narrow panel lists the cells instead of drawing lanes', async ({ lab }) => {
  await lab.page.setViewportSize({ width: 900, height: 800 });
  await lab.open('squares.ipynb');
  await lab.run();
  await expect(lab.head).toContainText('Done');
  await expect(lab.runPanel.locator('.cellfarm-Narrow li')).toHaveCount(4);
});

test('an empty panel teaches three steps', async ({ lab }) => {
  await lab.open('plain.ipynb');
  await lab.execute('cellfarm:show-run');
  const empty = lab.page.locator('.cellfarm-Empty');
  await expect(empty).toContainText('No run yet');
  await expect(empty.locator('li')).toHaveCount(3);
  await expect(empty.getByRole('button', { name: 'Open example' })).toBeVisible();
});
