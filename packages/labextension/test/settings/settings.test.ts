import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { expect, test, vi } from 'vitest';
import { Settings } from '../../src/settings/settings.js';

test('settings that cannot be read stop nothing and are told once', async () => {
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const settings = new Settings({
    load: () => Promise.reject(new Error('no schema')),
  } as unknown as ISettingRegistry);
  expect(await settings.openRunPanel()).toBe(true);
  expect(await settings.workers()).toBeNull();
  expect(warned).toHaveBeenCalledTimes(1);
  warned.mockRestore();
});
