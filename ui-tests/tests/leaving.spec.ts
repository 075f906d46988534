import type { WebSocketRoute } from '@playwright/test';
import { expect, test } from '../helpers/cellfarm-page.js';

test('a page that is loaded again in mid-run ends with all outputs', async ({ lab, page }) => {
  await lab.open('squares.ipynb');
  await lab.run();
  await expect(page.locator('.cellfarm-Strip')).toContainText(/[1-9]\d* of 12 done/);
  await lab.reload();
  await lab.open('squares.ipynb');
  await expect(page.locator('.cellfarm-RunStatus')).toContainText('is done');
  await expect.poll(async () => (await lab.outputs())[2]).toBe('506');
  expect((await lab.outputs())[1]?.match(/square of/g)).toHaveLength(12);
});

test('a cut of the connection is told and made good', async ({ lab, page }) => {
  const feeds: WebSocketRoute[] = [];
  let cut = false;
  await page.routeWebSocket(/cellfarm\/api\/v1\/feed/, (feed) => {
    feeds.push(feed);
    if (cut) void feed.close({ code: 4000 });
    else feed.connectToServer();
  });
  await lab.reload();
  await lab.open('slow.ipynb');
  await lab.run();
  await expect(page.locator('.cellfarm-Strip')).toContainText(/[1-9]\d* of 40 done/);
  cut = true;
  for (const feed of feeds) await feed.close({ code: 4000 }); // an earlier page's may be the first
  await expect(lab.head).toContainText('Connection lost, trying again');
  cut = false;
  await expect(lab.head).toContainText('Done');
  expect((await lab.outputs())[2]).toBe('sum 780\n');
});

test('every run is in the list of runs, with its state, and opens from there', async ({ lab, page }) => {
  await lab.open('squares.ipynb');
  await lab.run();
  await expect(lab.head).toContainText('Done');
  await lab.execute('cellfarm:show-runs');
  const list = page.locator('.cellfarm-RunPanel', { hasText: 'Runs are kept by the service' });
  const row = list.locator('tbody tr').first();
  await expect(row).toContainText('squares.ipynb');
  await expect(row).toContainText('Done');
  await row.getByRole('button').first().click();
  await expect(page.locator('.cellfarm-Card')).toContainText('Done 12 of 12');
});

test('a plan that is refused while the service restarts is asked for again, and no output is lost', async ({
  lab,
  page,
}) => {
  await lab.open('squares.ipynb');
  let refused = 0;
  await page.route(/cellfarm\/api\/v1\/runs\/[^/]+\/graph/, (route) => {
    refused += 1;
    return refused <= 2 ? route.fulfill({ status: 503, body: '{}' }) : route.fallback();
  });
  await lab.run();
  await expect(lab.head).toContainText('Done');
  await expect.poll(async () => (await lab.outputs())[2]).toBe('506');
  expect((await lab.outputs())[1]?.match(/square of/g)).toHaveLength(12);
  expect(refused).toBeGreaterThan(2);
});
