import { expect, test } from '../helpers/cellfarm-page.js';

test('an error is a card at its cell, with the line, what to do, and the traceback', async ({ lab }) => {
  await lab.open('raises.ipynb');
  await lab.run();
  const card = lab.page.locator('.cellfarm-ErrorCard');
  await expect(card).toContainText('ZeroDivisionError: division by zero');
  await expect(card).toContainText('Cell [2], line 5');
  await expect(card).toContainText('What to do');
  await expect(lab.page.locator('.jp-OutputArea-output').last()).toContainText('ZeroDivisionError');
  await expect(lab.page.locator('.cellfarm-Strip').last()).toContainText(
    'Not run. Cell [2] failed before it',
  );
  expect((await lab.outputs()).at(-1), 'what an earlier run showed').toBe('');
  await expect(lab.page.locator('.jp-CodeCell .jp-InputPrompt').last()).toHaveText('[ ]:');
  await expect(lab.head).toContainText('Failed');
  await expect(lab.page.locator('.cellfarm-RunStatus')).toContainText('failed at cell [2]');
});

test('a closed card stays closed', async ({ lab }) => {
  await lab.open('raises.ipynb');
  await lab.run();
  const card = lab.page.locator('.cellfarm-ErrorCard');
  await card.getByRole('button', { name: 'Dismiss' }).click();
  await expect(card).toHaveCount(0);
});

test('a run is cancelled from under its cell, in grey and without an error', async ({ lab }) => {
  await lab.open('slow.ipynb');
  await lab.run();
  await lab.page.locator('.cellfarm-Strip').getByRole('button', { name: 'Cancel' }).click();
  await expect(lab.head).toContainText('Cancelled');
  await expect(lab.page.locator('.cellfarm-Strip')).toContainText('You cancelled the run');
  await expect(lab.page.locator('.cellfarm-ErrorCard')).toHaveCount(0);
  await expect(lab.page.locator('.cellfarm-RunNotes')).toHaveCount(0);
});

test('a button under a cell stays the same button while what is beside it changes', async ({ lab, page }) => {
  await lab.open('slow.ipynb');
  await lab.run();
  const strip = page.locator('.cellfarm-Strip');
  await expect(strip).toContainText(/[1-9]\d* of 40 done/);
  const text = await strip.innerText();
  const button = await strip.getByRole('button', { name: 'Cancel' }).elementHandle();
  await expect(strip).not.toHaveText(text);
  expect(await button?.evaluate((element) => element.isConnected)).toBe(true);
  await button?.click();
  await expect(lab.head).toContainText('Cancelled');
});
