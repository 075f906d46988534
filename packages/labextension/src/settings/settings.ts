// The user's settings, with the defaults of schema/plugin.json where there are none.
import type { ISettingRegistry } from '@jupyterlab/settingregistry';

export const SETTINGS_ID = 'cellfarm:plugin';

export class Settings {
  private readonly loaded: Promise<ISettingRegistry.ISettings | null>;

  constructor(registry: ISettingRegistry | null) {
    this.loaded = registry ? load(registry) : Promise.resolve(null);
  }

  /** Whether the run panel opens as soon as a run starts. @default true */
  async openRunPanel(): Promise<boolean> {
    return (await this.loaded)?.composite['openRunPanel'] !== false;
  }

  /** Workers for what leaves home; null means the number of CPU cores. @default null */
  async workers(): Promise<number | null> {
    const workers = (await this.loaded)?.composite['workers'];
    return typeof workers === 'number' && workers > 0 ? workers : null;
  }
}

/** Settings that cannot be read stop nothing: the defaults stand. */
async function load(registry: ISettingRegistry): Promise<ISettingRegistry.ISettings | null> {
  try {
    return await registry.load(SETTINGS_ID);
  } catch (cause) {
    console.warn('cellfarm: the settings cannot be read, so their defaults are used', cause);
    return null;
  }
}
