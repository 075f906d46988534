import { expect, test } from '../helpers/cellfarm-page.js';

test('a notebook that nobody tagged shows no chip', async ({ lab }) => {
  await lab.open('plain.ipynb');
  await expect(lab.page.locator('.cellfarm-Split')).toBeVisible();
  await expect(lab.chips).toHaveCount(0);
});

test('a role is given to one cell, told in words and shown on a chip', async ({ lab }) => {
  await lab.open('plain.ipynb');
  await lab.selectCell(2);
  await lab.showTags();
  await lab.tags.getByLabel('Role').selectOption('map');
  await expect(lab.tags).toContainText('Runs each element of the loop as its own task');
  await expect(lab.chips).toHaveCount(1);
  await expect(lab.chips).toContainText('map');
});

test('several cells are tagged at once and undone in one step', async ({ lab }) => {
  await lab.open('squares.ipynb');
  await lab.selectCell(2);
  await lab.selectCell(3, 'Shift');
  await lab.showTags();
  await expect(lab.tags).toContainText('2 cells selected');
  await expect(lab.tags.getByLabel('Role')).toContainText('Mixed: map, reduce');
  await lab.tags.getByLabel('Role').selectOption('sequential');
  await expect(lab.chips).toContainText(['sequential', 'sequential']);
  await lab.execute('notebook:undo-cell-action');
  await expect(lab.chips).toContainText(['map', 'reduce']);
});

test('a value that cannot stand says so on its field and changes nothing', async ({ lab }) => {
  await lab.open('squares.ipynb');
  await lab.selectCell(2);
  await lab.showTags();
  const memory = lab.tags.getByLabel('Memory', { exact: true });
  await memory.fill('4GiB');
  await memory.press('Tab');
  await memory.fill('8 GB each');
  await memory.press('Tab');
  await expect(lab.tags.getByRole('alert')).toContainText(
    'Write a number and a unit, such as 8GiB or 500MB.',
  );
  await expect(lab.tags.getByRole('alert')).toContainText('[2] keeps 4GiB until then.');
  await expect(memory).toHaveAttribute('aria-invalid', 'true');
});

test('what the compiler knows of a cell is told beside its tags', async ({ lab }) => {
  await lab.open('squares.ipynb');
  await lab.selectCell(2);
  await lab.showTags();
  await expect(lab.tags).toContainText('Cell [2] reads');
  await expect(lab.tags).toContainText('Its loop can be shared out');
});

test('the same tags are in the metadata form of the notebook tools', async ({ lab }) => {
  await lab.open('squares.ipynb');
  await lab.selectCell(2);
  await lab.execute('property-inspector:show-panel');
  const form = lab.page.locator('.jp-NotebookTools').getByText('cellfarm', { exact: true });
  await form.click();
  await expect(lab.page.locator('.jp-MetadataForm select').first()).toContainText('map');
});

test('what decorators and a first line say is shown read-only, with the way to its line', async ({
  lab,
  page,
}) => {
  await lab.open('in-code.ipynb');
  await expect(lab.chips).toContainText(['map', 'reduce']);
  await lab.selectCell(1);
  await lab.showTags();
  await expect(lab.tags).toContainText('Set in code');
  await expect(lab.tags).toContainText('@cf.map');
  await expect(lab.tags).toContainText('Role map · CPUs 1');
  await lab.selectCell(3);
  await expect(lab.tags).toContainText('%%cellfarm');
  await expect(lab.tags.getByLabel('Role')).toBeDisabled();
  await expect(lab.tags.getByLabel('Role')).toHaveValue('reduce');
  await expect(lab.tags.getByLabel('Target')).toBeEnabled();

  await lab.selectCell(1);
  await lab.tags.getByRole('button', { name: 'Cell [1], line 4' }).click();
  await expect(page.locator('.jp-Cell.jp-mod-active .cm-content')).toBeFocused();
  await page.keyboard.type('# ');
  await expect(page.locator('.jp-Cell.jp-mod-active .cm-line').nth(3)).toHaveText('# @cf.map(cpus=1)');
  await expect(lab.chips).toHaveCount(1);
});
