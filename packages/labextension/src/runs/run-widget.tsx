// The widget of the run panel: decides between a run, a plan, an empty place and a service that is not there, and ties
// the panel to the notebook that the run belongs to.
import { Dialog, ReactWidget, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { useCallback } from 'react';
import type { ReactElement } from 'react';
import { problemFrom } from '../client/problem.js';
import type { ServiceClient, ServiceStatus } from '../client/service-client.js';
import type { AskSamples } from '../devices/use-samples.js';
import { NoRunYet, NoService } from '../empty/empty-states.js';
import { farmIcon } from '../parts/icons.js';
import { showProblem } from '../parts/problem-dialog.js';
import { usePolled } from '../parts/use-polled.js';
import type { RunSource } from '../run/run-source.js';
import { orderCaption } from '../run/task-orders.js';
import type { TaskOrder } from '../run/task-orders.js';
import { RunPanel } from './run-panel.js';

export interface RunWidgetOptions {
  /** Null: there is no run to show. */
  readonly source: RunSource | null;
  readonly client: ServiceClient;
  readonly trans: TranslationBundle;
  readonly onExample: () => void;
  /** Shows a cell of the run's notebook. */
  readonly onReveal: (source: RunSource, cellId: string, focus: boolean) => void;
  /** Starts the run once more. */
  readonly onRetry: (run: string) => void;
}

export class RunWidget extends ReactWidget {
  constructor(private readonly options: RunWidgetOptions) {
    super();
    this.addClass('cellfarm-Panel');
    this.title.icon = farmIcon;
  }

  protected render(): ReactElement {
    return <RunOrEmpty {...this.options} />;
  }
}

const LOOK_EVERY_MS = 2_000;

function RunOrEmpty({ source, client, trans, onExample, onReveal, onRetry }: RunWidgetOptions): ReactElement {
  const status = useStatus(client, source === null || (source.problem !== null && !source.gone));
  const agents = useCallback(() => client.agents(), [client]);
  const samples = useCallback<AskSamples>((agent, after) => client.samples(agent, after), [client]);
  const restart = (): void => {
    client.restart().catch((cause: unknown) => void showProblem(problemFrom(cause), trans));
  };
  if (source === null) {
    return status === null || status.state === 'ready' ? (
      <NoRunYet onExample={onExample} words={trans} />
    ) : (
      <NoService status={status} onRestart={restart} words={trans} />
    );
  }
  return (
    <RunPanel
      source={source}
      agents={agents}
      samples={samples}
      onReveal={(cellId, focus) => onReveal(source, cellId, focus)}
      onCancel={() => {
        source.cancel().catch((cause: unknown) => void showProblem(problemFrom(cause), trans));
      }}
      onOrder={(order) => {
        giveOrder(client, source.run, order, trans).catch(
          (cause: unknown) => void showProblem(problemFrom(cause), trans),
        );
      }}
      onRetry={() => {
        if (source.run !== null) onRetry(source.run);
      }}
      words={trans}
    />
  );
}

/** Asks first where the run would end. */
async function giveOrder(
  client: ServiceClient,
  run: string | null,
  order: TaskOrder,
  trans: TranslationBundle,
): Promise<void> {
  if (run === null) return;
  if (order.type === 'try-again') await client.retryTask(run, order.task);
  else if (order.type === 'bring-home' || (await isMeant(order, trans)))
    await client.cancelTask(run, order.task);
}

async function isMeant(order: TaskOrder, trans: TranslationBundle): Promise<boolean> {
  const { button } = await showDialog({
    title: trans.__('Cancel the run?'),
    body: orderCaption(order, trans),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Go on') }),
      Dialog.warnButton({ label: trans.__('Cancel run') }),
    ],
  });
  return button.accept;
}

/** Asked again and again while the panel has nothing else to show. */
function useStatus(client: ServiceClient, wanted: boolean): ServiceStatus | null {
  const ask = useCallback(() => client.status(), [client]);
  return usePolled({ ask, everyMs: LOOK_EVERY_MS, unknown: 'Jupyter Server does not answer', wanted });
}
