// Carries the settings, toolbars, menus, shortcuts and the metadata form of schema/plugin.json, and reads the settings.
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { SETTINGS_ID, Settings } from '../settings/settings.js';
import { ISettings } from './tokens.js';

export const settingsPlugin: JupyterFrontEndPlugin<ISettings> = {
  id: SETTINGS_ID,
  description: 'Settings, toolbar buttons, menus, shortcuts and the metadata form of cellfarm.',
  autoStart: true,
  provides: ISettings,
  optional: [ISettingRegistry],
  activate: (_: JupyterFrontEnd, registry: ISettingRegistry | null): ISettings => new Settings(registry),
};
