// Provides the client and the run store to the other plugins. Opens nothing until something is asked.
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { ServiceClient } from '../client/service-client.js';
import { RunStore } from '../run/run-store.js';
import { ICellfarm } from './tokens.js';

export const servicePlugin: JupyterFrontEndPlugin<ICellfarm> = {
  id: 'cellfarm:service',
  description: 'Talks to the cellfarm service through Jupyter Server.',
  autoStart: true,
  provides: ICellfarm,
  optional: [ITranslator],
  activate: (app: JupyterFrontEnd, translator: ITranslator | null): ICellfarm => {
    const client = new ServiceClient(app.serviceManager.serverSettings);
    return { client, runs: new RunStore(client, (translator ?? nullTranslator).load('cellfarm')) };
  },
};
