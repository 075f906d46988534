import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '../helpers/cellfarm-page.js';
import { sharedFolder } from '../helpers/jupyter.js';

const CELLS = 2_000;

test.beforeAll(() => {
  const cells = Array.from({ length: CELLS }, (_, at) => ({
    cell_type: 'code',
    id: `cell-${at}`,
    metadata: at % 10 === 5 ? { cellfarm: { version: 1, role: 'map' } } : {},
    execution_count: null,
    outputs: [],
    source: at % 10 === 5 ? `r${at} = [x + 1 for x in range(3)]` : `v${at} = ${at}`,
  }));
  const metadata = { kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' } };
  const notebook = { cells, metadata, nbformat: 4, nbformat_minor: 5 };
  writeFileSync(join(sharedFolder(), 'notebooks', 'large.ipynb'), JSON.stringify(notebook));
});

test('the graph of a long notebook holds only what is in sight, from the first cell to the last', async ({
  lab,
}) => {
  await lab.open('large.ipynb');
  await lab.closeSidebars();
  const dialog = await lab.distribute();
  await dialog.getByRole('button', { name: 'Dry run' }).click();
  const graph = lab.runPanel.locator('.cellfarm-Graph');
  await expect(graph.locator('.cellfarm-Bead').first()).toContainText('v0');
  await expect(lab.runPanel.locator('.cellfarm-Legend')).toContainText(String(CELLS));
  expect(await graph.locator('.react-flow__node').count()).toBeLessThan(60);
  await graph.focus();
  await graph.press('End');
  await expect(graph.locator('.cellfarm-Bead.cellfarm-mod-selected')).toContainText(`v${CELLS - 1}`);
  expect(await graph.locator('.react-flow__node').count()).toBeLessThan(60);
});
