import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '../helpers/cellfarm-page.js';
import type { CellfarmPage } from '../helpers/cellfarm-page.js';

/** Serious and critical violations inside cellfarm's own elements. */
async function violations(lab: CellfarmPage, ...within: string[]): Promise<string[]> {
  const found = [];
  for (const selector of within) {
    const { violations: all } = await new AxeBuilder({ page: lab.page }).include(selector).analyze();
    for (const { id, impact, nodes } of all) {
      if (impact !== 'serious' && impact !== 'critical') continue;
      found.push(...nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary ?? ''}`));
    }
  }
  return found;
}

for (const theme of ['JupyterLab Light', 'JupyterLab Dark', 'JupyterLab Dark High Contrast']) {
  test(`no panel has a serious fault of accessibility in the theme ${theme}`, async ({ lab }) => {
    await lab.open('squares.ipynb');
    await lab.theme(theme);
    await lab.selectCell(2);
    await lab.showTags();
    expect(await violations(lab, '.cellfarm-Tags', '.cellfarm-Split', '.cellfarm-Chip')).toEqual([]);
    await lab.closeSidebars();
    const dialog = await lab.distribute();
    expect(await violations(lab, '.cellfarm-Plan')).toEqual([]);
    await dialog.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(lab.head).toContainText('Done');
    await lab.runPanel.locator('.cellfarm-Card').click();
    expect(await violations(lab, '.cellfarm-RunPanel', '.cellfarm-RunStatus')).toEqual([]);
    for (const view of ['Timeline', 'Table']) {
      await lab.head.getByRole('button', { name: view }).click();
      expect(await violations(lab, '.cellfarm-RunPanel')).toEqual([]);
    }
    await lab.execute('cellfarm:show-runs');
    await expect(lab.page.getByText('Runs are kept by the service')).toBeVisible();
    expect(await violations(lab, '.cellfarm-Panel')).toEqual([]);
  });
}

test('an error card and an empty panel have no serious fault either', async ({ lab }) => {
  await lab.open('raises.ipynb');
  await lab.execute('cellfarm:show-run');
  expect(await violations(lab, '.cellfarm-Empty')).toEqual([]);
  await lab.run();
  await expect(lab.page.locator('.cellfarm-ErrorCard')).toBeVisible();
  expect(await violations(lab, '.cellfarm-ErrorCard', '.cellfarm-RunNotes', '.cellfarm-Strip')).toEqual([]);
});
