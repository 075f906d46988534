// The list of all runs: state, notebook, when, how long; a run is opened from here, and an interrupted one taken up again.
import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { useCallback, useState } from 'react';
import type { ReactElement } from 'react';
import type { RunSummary } from '@cellfarm/protocol';
import { problemFrom } from '../client/problem.js';
import type { ServiceClient, ServiceStatus } from '../client/service-client.js';
import { NoRunYet, NoService } from '../empty/empty-states.js';
import { LinkButton } from '../parts/button.js';
import { farmIcon } from '../parts/icons.js';
import { showProblem } from '../parts/problem-dialog.js';
import { usePolled } from '../parts/use-polled.js';
import { SearchField } from '../parts/search-field.js';
import { StateText } from '../parts/state-icon.js';
import { retryCaption } from '../run/retry-words.js';
import { runRows, startedByMany } from './run-list.js';

export interface RunsWidgetOptions {
  readonly client: ServiceClient;
  readonly trans: TranslationBundle;
  readonly onOpen: (run: string) => void;
  readonly onRetry: (run: string) => void;
  readonly onExample: () => void;
}

export class RunsWidget extends ReactWidget {
  constructor(private readonly options: RunsWidgetOptions) {
    super();
    this.id = 'cellfarm-runs';
    this.addClass('cellfarm-Panel');
    this.title.icon = farmIcon;
    this.title.label = options.trans.__('Runs');
    this.title.caption = options.trans.__('All cellfarm runs');
    this.title.closable = true;
  }

  protected render(): ReactElement {
    return <Runs {...this.options} />;
  }
}

const LOOK_EVERY_MS = 2_000;

interface Known {
  readonly status: ServiceStatus;
  readonly runs: readonly RunSummary[];
}

function Runs({ client, trans, onOpen, onRetry, onExample }: RunsWidgetOptions): ReactElement {
  const known = useRuns(client);
  const [filter, setFilter] = useState('');
  const act = useCallback(
    (work: Promise<void>) => {
      work.catch((cause: unknown) => void showProblem(problemFrom(cause), trans));
    },
    [trans],
  );
  if (!known) return <p className="cellfarm-Padded cellfarm-muted">{trans.__('Looking for runs')}</p>;
  const { status, runs } = known;
  if (status.state !== 'ready') {
    return <NoService status={status} onRestart={() => act(client.restart())} words={trans} />;
  }
  if (runs.length === 0) return <NoRunYet onExample={onExample} words={trans} />;
  const rows = runRows(runs, filter, Date.now(), trans, document.documentElement.lang || 'en');
  const many = startedByMany(rows);
  const heads = [trans.__('Run'), trans.__('State'), trans.__('Notebook'), trans.__('Started')];
  return (
    <div className="cellfarm-RunPanel">
      <div className="cellfarm-Bar2">
        <b>{trans.__('Runs')}</b>
        <SearchField
          value={filter}
          onChange={setFilter}
          placeholder={trans.__('Filter')}
          label={trans.__('Filter runs')}
        />
        <span className="cellfarm-push cellfarm-Small cellfarm-muted">
          {trans._n('%1 run', '%1 runs', runs.length)}
        </span>
      </div>
      <div className="cellfarm-TableView-rows" tabIndex={0} role="region" aria-label={trans.__('Runs')}>
        <table className="cellfarm-Table">
          <thead>
            <tr>
              {heads.map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
              <th scope="col" className="cellfarm-num">
                {trans.__('Took')}
              </th>
              {many ? <th scope="col">{trans.__('By')}</th> : null}
              <th scope="col">{trans.__('Actions')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.run}>
                <td>
                  <LinkButton onClick={() => onOpen(row.run)}>{row.name}</LinkButton>
                </td>
                <td>
                  <StateText state={row.state}>{row.word}</StateText>
                </td>
                <td title={row.path}>{row.notebook}</td>
                <td>{row.started}</td>
                <td className="cellfarm-num">{row.took}</td>
                {many ? <td>{row.by}</td> : null}
                <td>
                  {row.state === 'running' ? (
                    <LinkButton onClick={() => act(client.cancel(row.run))}>{trans.__('Cancel')}</LinkButton>
                  ) : null}
                  {row.retryable ? (
                    <span title={retryCaption(trans)}>
                      <LinkButton onClick={() => onRetry(row.run)}>{trans.__('Retry')}</LinkButton>
                    </span>
                  ) : null}
                  {row.interrupted ? (
                    <LinkButton onClick={() => act(client.resume(row.run))}>{trans.__('Go on')}</LinkButton>
                  ) : null}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="cellfarm-Padded cellfarm-Small cellfarm-muted">
        {trans.__(
          'Runs are kept by the service and survive a restart of Jupyter, the browser and the machine.',
        )}
      </p>
    </div>
  );
}

function useRuns(client: ServiceClient): Known | null {
  const ask = useCallback(async (): Promise<Known> => {
    const status = await client.status();
    return { status, runs: status.state === 'ready' ? await client.runs() : [] };
  }, [client]);
  return usePolled({ ask, everyMs: LOOK_EVERY_MS, unknown: 'the runs are not known' });
}
