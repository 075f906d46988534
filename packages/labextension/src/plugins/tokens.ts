// What cellfarm's plugins share: the client of the service and the runs that this page looks at.
import { Token } from '@lumino/coreutils';
import type { ServiceClient } from '../client/service-client.js';
import type { RunStore } from '../run/run-store.js';
import type { Settings } from '../settings/settings.js';

export interface ICellfarm {
  readonly client: ServiceClient;
  readonly runs: RunStore;
}

export const ICellfarm = new Token<ICellfarm>(
  'cellfarm:ICellfarm',
  'The client of the cellfarm service and the runs that this page looks at.',
);

export type ISettings = Settings;

export const ISettings = new Token<ISettings>('cellfarm:ISettings', 'The settings of cellfarm.');
