// What somebody does in a page of Jupyter with nothing but the mouse and the eyes: JupyterLab and Notebook 7 alike, and with no help from
// inside the page.
import { expect } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';

export class PlainPage {
  constructor(readonly page: Page) {}

  get runPanel(): Locator {
    return this.page.locator('.cellfarm-RunPanel:visible').first();
  }

  get head(): Locator {
    return this.runPanel.locator('.cellfarm-Head');
  }

  /** The rows of the list of runs. */
  get runs(): Locator {
    return this.page
      .locator('.cellfarm-RunPanel', { hasText: 'Runs are kept by the service' })
      .locator('tbody tr');
  }

  /** Opens the address of a notebook. */
  async open(url: string): Promise<void> {
    await this.page.goto(url);
    await expect(this.page.locator('.jp-Notebook .jp-CodeCell').first()).toBeVisible();
    await expect(this.page.locator('.cellfarm-Split')).toBeVisible();
  }

  /** Presses Distribute, then Run. */
  async run(): Promise<void> {
    await this.page.locator('.cellfarm-Split button').first().click();
    const dialog = this.page.locator('.cellfarm-PlanDialog');
    await dialog.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(dialog).toBeHidden();
  }

  /** Chooses from the menu beside Distribute. */
  async choose(item: string): Promise<void> {
    await this.page.getByRole('button', { name: 'More ways to distribute' }).click();
    await this.page.locator('.lm-Menu-itemLabel', { hasText: item }).click();
  }

  /** What stands under the code cell with this number, from 1. */
  output(cell: number): Locator {
    return this.page
      .locator('.jp-Notebook .jp-CodeCell')
      .nth(cell - 1)
      .locator('.jp-OutputArea-output');
  }
}
