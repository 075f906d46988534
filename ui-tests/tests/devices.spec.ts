import { expect, test } from '../helpers/cellfarm-page.js';

test('machines and workers show what they did while the run is watched, as lanes and as a table', async ({
  lab,
}) => {
  await lab.open('slow.ipynb');
  await lab.run();
  await lab.head.getByRole('button', { name: 'Timeline' }).click();
  const devices = lab.runPanel.locator('.cellfarm-Devices');
  await expect(
    devices.getByRole('img', { name: /^CPU, \d+ cores?, \d+ %, [\d.]+ \/ [\d.]+ GB$/ }),
  ).toBeVisible();
  await expect(devices.getByRole('img', { name: /^w0, \d+ %, [\d.]+ MB/ })).toBeVisible();
  await expect(devices.locator('.cellfarm-Use').first()).toHaveAttribute('d', /^M\d+ \d+L.*L.*z$/);
  await expect(devices).toContainText(/No GPU found|GPU \d/);
  await expect(lab.head).toContainText('Done');
  const lanes = devices.getByRole('group', { name: /^Machines/ });
  await lanes.focus();
  await lanes.press('ArrowLeft');
  await expect(devices.locator('.cellfarm-Cursor')).toHaveCount(1);
  await devices.getByRole('button', { name: 'Table' }).click();
  await expect(devices.getByRole('caption')).toContainText('after the run began');
  await expect(devices.getByRole('row', { name: /^home / })).toBeVisible();
  await lanes.press('Escape');
  await expect(devices.getByRole('caption')).toContainText('in the last second of the run');
});
