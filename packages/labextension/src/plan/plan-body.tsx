// The body of the plan dialog: the spine with what leaves it, why, what leaves this machine, what to know before.
import type { ReactElement } from 'react';
import type { Words } from '../text/words.js';
import { duration } from '../text/duration.js';
import { size } from '../text/size.js';
import { StateIcon } from '../parts/state-icon.js';
import { targetIcons } from '../parts/icons.js';
import type { Forecast } from './forecast.js';
import type { PlanNote, PlanRow, PlanView } from './plan-view.js';
import { targetIcon } from './target-words.js';

export interface PlanBodyProps {
  readonly plan: PlanView;
  readonly forecast: Forecast | null;
  readonly trusted: boolean;
  readonly words: Words;
}

export function PlanBody({ plan, forecast, trusted, words }: PlanBodyProps): ReactElement {
  return (
    <div className="cellfarm-Plan">
      <Figures plan={plan} forecast={forecast} words={words} />
      <div className="cellfarm-Plan-scroll" tabIndex={0} role="region" aria-label={words.__('Cells')}>
        <table className="cellfarm-Table">
          <thead>
            <tr>
              <th aria-label={words.__('Leaves home')} />
              <th scope="col">{words.__('Cell')}</th>
              <th scope="col">{words.__('Place')}</th>
              <th scope="col">{words.__('Why')}</th>
              <th scope="col" className="cellfarm-num">
                {forecast ? words.__('Forecast') : ''}
              </th>
            </tr>
          </thead>
          <tbody>
            {plan.rows.map((row, at) => (
              <Row key={row.cell.id} row={row} first={at === 0} last={at === plan.rows.length - 1} />
            ))}
          </tbody>
        </table>
      </div>
      <div className="cellfarm-Plan-columns">
        <WhatLeaves plan={plan} words={words} />
        <Notes notes={plan.notes} trusted={trusted} words={words} />
      </div>
    </div>
  );
}

function Figures({ plan, forecast, words }: Omit<PlanBodyProps, 'trusted'>): ReactElement {
  const figures = [
    [words.__('Stay home'), words._n('%1 cell', '%1 cells', plan.home)],
    [words.__('Leave home'), words._n('%1 cell', '%1 cells', plan.away)],
    ...(forecast
      ? [
          [words.__('Forecast, from the last run'), duration(forecast.totalMs)],
          [words.__('Restart & Run All here'), words.__('about %1', duration(forecast.oneByOneMs))],
        ]
      : [[words.__('Forecast'), words.__('none before a run is done')]]),
  ];
  return (
    <dl className="cellfarm-Figures">
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Row({ row, first, last }: { row: PlanRow; first: boolean; last: boolean }): ReactElement {
  const away = row.cell.place === 'away';
  const Icon = targetIcons[targetIcon(row.cell.target)];
  return (
    <tr>
      <td
        className={`cellfarm-Plan-spine${first ? ' cellfarm-mod-first' : ''}${last ? ' cellfarm-mod-last' : ''}`}
      >
        <Departure away={away} />
      </td>
      <td>
        <span className="cellfarm-Number">{row.cell.number}</span> {row.cell.title}
      </td>
      <td className="cellfarm-nowrap">
        {away ? <Icon.react tag="span" className="cellfarm-Icon" /> : null} {row.place}
      </td>
      <td className="cellfarm-muted">{row.why}</td>
      <td className="cellfarm-num">{row.forecast}</td>
    </tr>
  );
}

function Departure({ away }: { away: boolean }): ReactElement {
  return (
    <svg width="34" height="26" aria-hidden>
      {away ? (
        <>
          <path className="cellfarm-track" d="M10 13h14" />
          <rect className="cellfarm-track cellfarm-surface" x="22" y="8" width="10" height="10" rx="2" />
        </>
      ) : null}
      <circle cx="10" cy="13" r={away ? 3.5 : 5} fill="var(--cellfarm-home)" />
    </svg>
  );
}

function leavingTitle({ leaving }: PlanView, words: Words): string {
  const sizes = leaving.map(({ bytes }) => bytes).filter((bytes) => bytes !== null);
  if (leaving.length === 0 || sizes.length < leaving.length) return words.__('What leaves this machine');
  return words.__('What leaves this machine: %1', size(sizes.reduce((sum, bytes) => sum + bytes, 0)));
}

function WhatLeaves({ plan, words }: { plan: PlanView; words: Words }): ReactElement {
  return (
    <section>
      <h3>{leavingTitle(plan, words)}</h3>
      {plan.leaving.length === 0 ? (
        <p className="cellfarm-muted">
          {words.__('Nothing. All work stays on this machine; what leaves home runs in processes beside it.')}
        </p>
      ) : (
        <>
          <table className="cellfarm-Table">
            <thead>
              <tr>
                <th scope="col">{words.__('Name')}</th>
                <th scope="col">{words.__('To')}</th>
                <th scope="col" className="cellfarm-num">
                  {words.__('Size')}
                </th>
              </tr>
            </thead>
            <tbody>
              {plan.leaving.map(({ kind, name, to, bytes }) => (
                <tr key={name}>
                  <td>{kind === 'value' ? <code>{name}</code> : name}</td>
                  <td>{to}</td>
                  <td className="cellfarm-num">
                    {bytes === null ? (
                      <span className="cellfarm-muted">{words.__('not known')}</span>
                    ) : (
                      size(bytes)
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <p className="cellfarm-muted">
            {words.__('No environment variables, passwords or other files leave.')}{' '}
            {words.__('Sizes of values are those in the kernel of this notebook, where it holds them.')}
          </p>
        </>
      )}
    </section>
  );
}

function Notes({
  notes,
  trusted,
  words,
}: {
  notes: readonly PlanNote[];
  trusted: boolean;
  words: Words;
}): ReactElement {
  const untrusted: PlanNote[] = trusted
    ? []
    : [
        {
          severity: 'warning',
          title: words.__('This notebook is not trusted'),
          text: words.__('Read what it runs and where before you press Run.'),
          cell: null,
        },
      ];
  const all = [...untrusted, ...notes];
  return (
    <section>
      <h3>{words.__('Before you run')}</h3>
      {all.length === 0 ? <p className="cellfarm-muted">{words.__('Nothing to watch out for.')}</p> : null}
      {all.map((note, at) => (
        <div key={at} className={`cellfarm-Note cellfarm-Note-${note.severity}`}>
          <b className={`cellfarm-State cellfarm-${toneOf(note.severity)}`}>
            {note.severity === 'info' ? null : <StateIcon state={toneOf(note.severity)} />}
            <span>{note.title}</span>
          </b>
          <p>{note.text}</p>
        </div>
      ))}
    </section>
  );
}

function toneOf(severity: PlanNote['severity']): 'failed' | 'warning' | 'waiting' {
  return severity === 'error' ? 'failed' : severity === 'warning' ? 'warning' : 'waiting';
}
