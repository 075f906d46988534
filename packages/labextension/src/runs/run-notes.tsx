// Above the graph: how a run failed, with what to do; what the service has to say about it.
import type { ReactElement } from 'react';
import { StateText } from '../parts/state-icon.js';
import type { RunSource } from '../run/run-source.js';
import type { Words } from '../text/words.js';

const MOST_NOTES = 3;

export function RunNotes({ source, words }: { source: RunSource; words: Words }): ReactElement | null {
  const { notes, state } = source.view;
  const error = state === 'cancelled' ? null : source.view.error;
  const shown = notes.filter(({ level }) => level !== 'info').slice(-MOST_NOTES);
  if (!error && shown.length === 0) return null;
  const number = error ? source.cells.find(({ index }) => index === error.cell)?.number : undefined;
  return (
    <div className="cellfarm-RunNotes">
      {error ? (
        <div className="cellfarm-Note cellfarm-Note-error">
          <StateText state="failed">
            {number === undefined ? error.message : words.__('Cell [%1]: %2', number, error.message)}
          </StateText>
          <p>{error.hint}</p>
        </div>
      ) : null}
      {shown.map(({ level, code, text }, at) => (
        <div key={at} className={`cellfarm-Note cellfarm-Note-${level}`}>
          <StateText state={level === 'error' ? 'failed' : 'warning'}>{text}</StateText>
          <span className="cellfarm-Small cellfarm-muted"> {code}</span>
        </div>
      ))}
    </div>
  );
}
