// What stands under a cell: the strip of a map's progress, the card of an error, or one quiet line.
import type { ReactElement } from 'react';
import type { ErrorReport } from '@cellfarm/protocol';
import { Button, LinkButton } from '../parts/button.js';
import { StateIcon, StateText } from '../parts/state-icon.js';
import { sentence } from '../text/sentence.js';
import type { Words } from '../text/words.js';
import type { CellNote } from './cell-note.js';

export interface NoteProps {
  readonly note: CellNote;
  readonly onGraph: () => void;
  readonly onCancel: () => void;
  readonly onAgain: () => void;
  readonly onTags: () => void;
  readonly onDismiss: () => void;
  readonly words: Words;
}

export function Note(props: NoteProps): ReactElement {
  const { note, words } = props;
  switch (note.kind) {
    case 'progress':
      return (
        <div className="cellfarm-Strip">
          <span className="cellfarm-ProgressBar" aria-hidden>
            {note.shares.map(({ state, percent }) => (
              <i key={state} className={`cellfarm-${state}`} style={{ width: `${percent}%` }} />
            ))}
          </span>
          <span>{note.text}</span>
          <span className="cellfarm-muted">{note.left}</span>
          <span className="cellfarm-push cellfarm-Row">
            <LinkButton onClick={props.onGraph}>{words.__('Show in graph')}</LinkButton>
            <LinkButton onClick={props.onCancel}>{words.__('Cancel')}</LinkButton>
          </span>
        </div>
      );
    case 'quiet':
      return (
        <div className="cellfarm-Strip cellfarm-mod-quiet">
          <span className={`cellfarm-${note.state}`}>
            <StateIcon state={note.state} />
          </span>
          <span className="cellfarm-muted">{note.text}</span>
        </div>
      );
    case 'error':
      return <ErrorCard {...props} report={note.report} where={note.where} title={note.title} />;
  }
}

interface ErrorCardProps extends NoteProps {
  readonly report: ErrorReport;
  readonly where: string;
  readonly title: string;
}

function ErrorCard({ report, where, title, words, ...act }: ErrorCardProps): ReactElement {
  const text = [`${title} (${report.code} ${report.name})`, where, report.message, report.hint].join('\n');
  const what = report.message === title ? [] : [[words.__('What'), sentence(report.message)]];
  const rows = [[words.__('Where'), where], ...what, [words.__('What to do'), sentence(report.hint)]];
  return (
    <div className="cellfarm-ErrorCard cellfarm-failed" role="alert">
      <div className="cellfarm-Row">
        <b>
          <StateText state="failed">{title}</StateText>
        </b>
        <span className="cellfarm-push cellfarm-Small cellfarm-muted">{report.name}</span>
      </div>
      <dl>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div className="cellfarm-Row">
        <Button kind="primary" onClick={act.onAgain}>
          {words.__('Distribute again')}
        </Button>
        <Button onClick={act.onTags}>{words.__('Edit tags')}</Button>
        <Button onClick={act.onGraph}>{words.__('Show in graph')}</Button>
        <Button kind="flat" onClick={() => void navigator.clipboard.writeText(text)}>
          {words.__('Copy report')}
        </Button>
        <span className="cellfarm-push">
          <Button kind="flat" onClick={act.onDismiss}>
            {words.__('Dismiss')}
          </Button>
        </span>
      </div>
    </div>
  );
}
