import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '../helpers/cellfarm-page.js';
import type { CellfarmPage } from '../helpers/cellfarm-page.js';

const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const THEMES = { light: 'JupyterLab Light', dark: 'JupyterLab Dark' } as const;

/** Long enough for what moves to come to rest. */
const REST_MS = 1_200;

for (const [suffix, theme] of Object.entries(THEMES)) {
  const draw = async (lab: CellfarmPage, name: string): Promise<void> => {
    await lab.page.evaluate(() =>
      document.querySelectorAll('.Toastify__toast').forEach((toast) => toast.remove()),
    );
    await lab.page.mouse.move(700, 5);
    await lab.page.setViewportSize({ width: 1721, height: 980 }); // the toolbar measures its items anew
    await lab.page.setViewportSize({ width: 1720, height: 980 });
    await lab.page.waitForTimeout(REST_MS);
    await lab.page.screenshot({ path: join(IMAGES, `${name}-${suffix}.png`) });
  };

  test(`a run from tags to timeline, ${suffix}`, async ({ lab }) => {
    await lab.open('digits.ipynb');
    await lab.closeLauncher();
    await lab.theme(theme);
    await lab.closeSidebars();
    await lab.selectCell(6);
    await lab.selectCell(7, 'Shift');
    await lab.showTags();
    await expect(lab.tags).toContainText('Also on these cells');
    await draw(lab, 'tags');
    await lab.closeSidebars();
    const dialog = await lab.distribute();
    await draw(lab, 'plan');
    await dialog.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(lab.runPanel.locator('.cellfarm-Card')).toContainText(/Running [5-9] of 24/);
    await lab.runPanel.locator('.cellfarm-Card').click();
    await draw(lab, 'run');
    await expect(lab.head).toContainText('Done');
    await lab.head.getByRole('button', { name: 'Timeline' }).click();
    await draw(lab, 'timeline');
    await lab.head.getByRole('button', { name: 'Table' }).click();
    await lab.runPanel.locator('button.cellfarm-Opener').click();
    await draw(lab, 'table');
    await lab.execute('cellfarm:show-runs');
    await draw(lab, 'runs');
  });

  test(`an error, ${suffix}`, async ({ lab }) => {
    await lab.open('raises.ipynb');
    await lab.closeLauncher();
    await lab.theme(theme);
    await lab.closeSidebars();
    await lab.run();
    await expect(lab.page.locator('.cellfarm-ErrorCard')).toBeVisible();
    await draw(lab, 'error');
  });

  test(`nothing yet, ${suffix}`, async ({ lab }) => {
    await lab.open('plain.ipynb');
    await lab.closeLauncher();
    await lab.theme(theme);
    await lab.closeSidebars();
    await lab.execute('cellfarm:show-run');
    await draw(lab, 'empty');
  });
}
