// The user's settings, with the defaults of schema/plugin.json where there is no settings registry.
import type { ISettingRegistry } from '@jupyterlab/settingregistry';

export const SETTINGS_ID = 'cellfarm:plugin';

export class Settings {
  private readonly loaded: Promise<ISettingRegistry.ISettings | null>;

  constructor(registry: ISettingRegistry | null) {
    this.loaded = registry ? registry.load(SETTINGS_ID) : Promise.resolve(null);
    this.loaded.catch((cause: unknown) => console.error('cellfarm: the settings could not be read', cause));
  }

  /** Whether the run panel opens as soon as a run starts. @default true */
  async openRunPanel(): Promise<boolean> {
    return (await this.loaded)?.composite['openRunPanel'] !== false;
  }

  /** Slots for work that leaves home; null means the number of CPU cores. @default null */
  async workers(): Promise<number | null> {
    const workers = (await this.loaded)?.composite['workers'];
    return typeof workers === 'number' && workers > 0 ? workers : null;
  }
}
