// What the panels show when there is nothing to show: what to do first, or why the service cannot be reached.
import type { ReactElement, ReactNode } from 'react';
import type { ServiceStatus } from '../client/service-client.js';
import { Button } from '../parts/button.js';
import { StateText } from '../parts/state-icon.js';
import type { Words } from '../text/words.js';

export function NoRunYet({ onExample, words }: { onExample: () => void; words: Words }): ReactElement {
  return (
    <Centre>
      <svg width="110" height="60" aria-hidden>
        <path className="cellfarm-spine" d="M12 2V58" />
        <path className="cellfarm-track" d="M16 16H76M94 26v6q0 10-10 10H20" />
        <rect className="cellfarm-track cellfarm-surface" x="76" y="7" width="34" height="18" rx="2" />
        <path className="cellfarm-arrow" d="M14 42l8-5v10z" />
        <circle className="cellfarm-departure" cx="12" cy="16" r="5" />
      </svg>
      <h2>{words.__('No run yet')}</h2>
      <ol className="cellfarm-Steps">
        <li>
          <b>{words.__('Tag')}</b> {words.__('a slow cell: select it and choose a role in the Tags sidebar.')}
        </li>
        <li>
          <b>{words.__('Distribute')}</b>{' '}
          {words.__('by the button in the notebook toolbar, and read the plan.')}
        </li>
        <li>
          <b>{words.__('Watch')}</b> {words.__('here. Outputs appear under their cells, as always.')}
        </li>
      </ol>
      <div className="cellfarm-Row">
        <Button kind="primary" onClick={onExample}>
          {words.__('Open example')}
        </Button>
        <span className="cellfarm-muted">{words.__('10 s on this machine, no GPU needed')}</span>
      </div>
    </Centre>
  );
}

export interface NoServiceProps {
  readonly status: ServiceStatus;
  readonly onRestart: () => void;
  readonly words: Words;
}

export function NoService({ status, onRestart, words }: NoServiceProps): ReactElement {
  if (status.state === 'absent') {
    return (
      <Centre>
        <h2>{words.__('No cellfarm service here')}</h2>
        <p>
          {words.__(
            'This Jupyter has no server part of cellfarm. You can tag cells; nothing can run elsewhere until cellfarm is installed beside Jupyter Server.',
          )}
        </p>
        <pre className="cellfarm-Log">pip install cellfarm</pre>
      </Centre>
    );
  }
  if (status.state === 'starting') {
    return (
      <Centre>
        <StateText state="running">{words.__('The cellfarm service is starting')}</StateText>
        <p className="cellfarm-muted">{words.__('It takes some seconds the first time.')}</p>
      </Centre>
    );
  }
  return (
    <Centre>
      <h2>
        <StateText state="failed">{words.__('The cellfarm service is not running')}</StateText>
      </h2>
      <p>
        {words.__(
          'Your notebook and its tags are safe, and a run that was going goes on from its journal once the service is back.',
        )}
      </p>
      {status.error ? (
        <p>
          {status.error.message}. {status.error.hint}
        </p>
      ) : null}
      {status.log.length > 0 ? (
        <details>
          <summary>{words.__('Show log')}</summary>
          <pre className="cellfarm-Log">{status.log.slice(-40).join('\n')}</pre>
        </details>
      ) : null}
      <div className="cellfarm-Row">
        <Button kind="primary" onClick={onRestart}>
          {words.__('Start again')}
        </Button>
      </div>
    </Centre>
  );
}

function Centre({ children }: { children: ReactNode }): ReactElement {
  return (
    <div className="cellfarm-Empty">
      <div>{children}</div>
    </div>
  );
}
