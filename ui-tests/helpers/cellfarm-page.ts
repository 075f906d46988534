// JupyterLab with cellfarm in it, in the words of somebody who uses it: open a notebook, tag, distribute, look.
import { expect, test as galata } from '@jupyterlab/galata';
import type { Locator, Page } from '@playwright/test';

export const test = galata.extend<{ lab: CellfarmPage }>({
  autoGoto: false,
  lab: async ({ page }, use) => {
    await page.goto();
    await use(new CellfarmPage(page));
  },
});

export { expect };

/** What is read of a notebook that is open in JupyterLab. */
interface NotebookWidget {
  readonly context: object;
  readonly content: { readonly model: { toJSON(): { readonly cells: readonly NotebookCell[] } } };
}

interface NotebookCell {
  readonly cell_type: string;
  readonly outputs?: readonly { data?: Record<string, unknown>; text?: unknown; evalue?: unknown }[];
}

export class CellfarmPage {
  constructor(readonly page: Page) {}

  get runPanel(): Locator {
    return this.page.locator('.cellfarm-RunPanel').first();
  }

  get head(): Locator {
    return this.runPanel.locator('.cellfarm-Head');
  }

  get tags(): Locator {
    return this.page.locator('.cellfarm-Tags');
  }

  get chips(): Locator {
    return this.page.locator('.cellfarm-Chip');
  }

  async open(path: string): Promise<void> {
    await this.execute('docmanager:open', { path });
    await expect(this.page.locator('.jp-Notebook .jp-CodeCell:visible').first()).toBeVisible();
    await this.execute('application:activate-area', { area: 'main' }).catch(() => undefined);
    await this.page.waitForFunction(() => {
      const panel = window.jupyterapp.shell.currentWidget as { context?: { isReady: boolean } } | null;
      return panel?.context?.isReady === true;
    });
  }

  async execute(command: string, args: Record<string, string> = {}): Promise<void> {
    await this.page.evaluate(
      async ([name, given]) => {
        await window.jupyterapp.commands.execute(name, given);
      },
      [command, args] as const,
    );
  }

  /** Clicks beside the code cell with this number, from 1, so that it is selected in command mode. */
  async selectCell(number: number, ...modifiers: 'Shift'[]): Promise<void> {
    const prompt = this.page.locator('.jp-Notebook .jp-CodeCell .jp-InputPrompt:visible').nth(number - 1);
    await prompt.scrollIntoViewIfNeeded();
    await prompt.click({ modifiers });
  }

  async showTags(): Promise<void> {
    await this.execute('cellfarm:show-tags');
    await expect(this.tags).toBeVisible();
  }

  /** Presses Distribute and waits for the plan. */
  async distribute(): Promise<Locator> {
    await this.page.locator('.cellfarm-Split button:visible').first().click();
    const dialog = this.page.locator('.cellfarm-PlanDialog');
    await expect(dialog).toBeVisible();
    return dialog;
  }

  async run(): Promise<void> {
    const dialog = await this.distribute();
    await dialog.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(dialog).toBeHidden();
    await expect(this.head).toBeVisible();
  }

  /** What every code cell shows, as text. */
  outputs(): Promise<string[]> {
    return this.page.evaluate(() => {
      const open: object[] = [...window.jupyterapp.shell.widgets('main')];
      const notebook = open.find(
        (widget): widget is NotebookWidget => 'content' in widget && 'context' in widget,
      );
      const text = (value: unknown): string =>
        Array.isArray(value) ? value.join('') : typeof value === 'string' ? value : '';
      return (notebook?.content.model.toJSON().cells ?? [])
        .filter((cell) => cell.cell_type === 'code')
        .map((cell) =>
          (cell.outputs ?? [])
            .map(({ data, text: said, evalue }) => (data ? text(data['text/plain']) : text(said ?? evalue)))
            .join('|'),
        );
    });
  }

  /** Loads the page again; what was open is restored. */
  async reload(): Promise<void> {
    // JupyterLab's helper knows this option; its type does not say so.
    const options = { timeout: 60_000, waitForIsReady: false };
    await this.page.reload(options);
    await this.started();
  }

  /** Resolves when JupyterLab is there and has restored what was open. */
  async started(): Promise<void> {
    await this.page.waitForSelector('#jupyterlab-splash', { state: 'detached' });
    await this.page.waitForFunction(() => 'jupyterapp' in window);
    await this.page.evaluate(() => window.jupyterapp.restored.then(() => null));
  }

  /** Renames a file as the file browser does. */
  async rename(from: string, to: string): Promise<void> {
    await this.page.evaluate(
      async ([before, after]) => {
        await window.jupyterapp.serviceManager.contents.rename(before, after);
      },
      [from, to] as const,
    );
  }

  async closeRunPanels(): Promise<void> {
    await this.page.evaluate(() => {
      for (const widget of [...window.jupyterapp.shell.widgets('main')]) {
        if (widget.id.startsWith('cellfarm-run-')) widget.close();
      }
    });
    await expect(this.runPanel).toHaveCount(0);
  }

  async closeLauncher(): Promise<void> {
    await this.page.evaluate(() => {
      for (const widget of [...window.jupyterapp.shell.widgets('main')]) {
        if (widget.id.startsWith('launcher')) widget.close();
      }
    });
  }

  /** Only the notebook and the panels of runs. */
  async closeSidebars(): Promise<void> {
    await this.page.evaluate(() => {
      const shell = window.jupyterapp.shell as unknown as { collapseLeft(): void; collapseRight(): void };
      shell.collapseLeft();
      shell.collapseRight();
    });
  }

  async theme(name: string): Promise<void> {
    await this.execute('apputils:change-theme', { theme: name });
    await expect(this.page.locator('body')).toHaveAttribute('data-jp-theme-name', name);
  }
}
