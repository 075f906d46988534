import { expect, test } from '../helpers/cellfarm-page.js';

test('a map is brought home in mid-run by the menu of its node, and the run goes on', async ({ lab }) => {
  await lab.page.setViewportSize({ width: 1900, height: 940 });
  await lab.open('slow-away.ipynb');
  await lab.run();
  const card = lab.runPanel.locator('.cellfarm-Card');
  await expect(card).toContainText('Running');
  await card.click({ button: 'right' });
  const menu = lab.runPanel.getByRole('menu', { name: 'This task' });
  await menu.getByRole('menuitem', { name: 'Bring home' }).click();
  await expect(menu).toBeHidden();
  await expect(lab.page.locator('.cellfarm-Details')).toContainText('Brought home: home computes the rest.');
  await expect(lab.head).toContainText('Done');
  await expect.poll(async () => (await lab.outputs()).at(-1)).toContain('sum 780');
});

test('a cancelled run is retried, and its map is brought home beside the graph', async ({ lab }) => {
  await lab.page.setViewportSize({ width: 1900, height: 940 });
  await lab.open('slow-away.ipynb');
  await lab.run();
  await expect(lab.runPanel.locator('.cellfarm-Card')).toContainText('Running');
  await lab.head.getByRole('button', { name: 'Cancel run' }).click();
  await expect(lab.head).toContainText('Cancelled');
  const before = await lab.head.locator('b').textContent();
  await lab.head.getByRole('button', { name: 'Retry' }).click();
  await expect(lab.page.locator('.cellfarm-Head:visible b')).not.toHaveText(before ?? '');
  const going = lab.page.locator('.cellfarm-Head:visible');
  await expect(going.getByRole('button', { name: 'Cancel run' })).toBeVisible();
  await lab.page.locator('.cellfarm-Card:visible').click();
  await lab.page.locator('.cellfarm-Details:visible').getByRole('button', { name: 'Bring home' }).click();
  await expect(going).toContainText('Done');
  await expect.poll(async () => (await lab.outputs()).at(-1)).toContain('sum 780');
});

test('Delete on the node of a map brings it home without a question', async ({ lab }) => {
  await lab.open('slow-away.ipynb');
  await lab.run();
  const graph = lab.runPanel.locator('.cellfarm-Graph');
  await expect(lab.runPanel.locator('.cellfarm-Card')).toContainText('Running');
  await graph.focus();
  await graph.press('Home');
  await graph.press('ArrowRight');
  await graph.press('Delete');
  await expect(lab.page.locator('.jp-Dialog')).toHaveCount(0);
  await expect(lab.head).toContainText('Done');
});
