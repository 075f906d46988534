// Beside the graph: what is known of the selected cell. Its shards, attempts, why it waits, what it printed, what it
// reads and writes.
import { useState } from 'react';
import type { ReactElement } from 'react';
import { LinkButton } from '../parts/button.js';
import { OrderButton } from '../parts/order-button.js';
import { SearchField } from '../parts/search-field.js';
import { StateIcon, StateText } from '../parts/state-icon.js';
import { targetLabel } from '../plan/target-words.js';
import type { Attempt } from '../run/attempts.js';
import type { CellNode, MapNode } from '../run/cell-nodes.js';
import type { RunSource } from '../run/run-source.js';
import { countWords, stateDetail, stateWord } from '../run/state-words.js';
import { orderFor, tryAgain } from '../run/task-orders.js';
import type { TaskOrder } from '../run/task-orders.js';
import { stateOfAttempt } from '../timeline/bars.js';
import { duration } from '../text/duration.js';
import type { Words } from '../text/words.js';
import { textShown } from './text-shown.js';

export interface DetailsProps {
  readonly source: RunSource;
  readonly nodes: readonly CellNode[];
  readonly node: CellNode;
  readonly shard: string | null;
  readonly onShard: (task: string | null) => void;
  readonly onOpen: (cell: number) => void;
  readonly onOrder: (order: TaskOrder) => void;
  readonly words: Words;
  readonly now: number;
}

/** Shards that are shown one by one. */
const MOST_SHARDS = 240;

export function Details(props: DetailsProps): ReactElement {
  const { source, node, shard, onOpen, onOrder, words, now } = props;
  const { cell, map } = node;
  const chosen = map?.shards.find(({ task }) => task === shard) ?? null;
  const task = chosen?.task ?? `c${cell.index}`;
  const order = chosen ? tryAgain(chosen.task, source.view) : orderFor(node, source.view);
  const cameHome = cell.away.some(({ id }) => source.view.cancelled.has(id));
  return (
    <aside className="cellfarm-Details" aria-label={words.__('Details of cell %1', cell.number)}>
      <section>
        <div className="cellfarm-Row">
          <h3>
            {cell.number} {cell.title}
          </h3>
          <span className="cellfarm-push">
            <LinkButton onClick={() => onOpen(cell.index)}>{words.__('Show cell')}</LinkButton>
          </span>
        </div>
        <p className="cellfarm-Small cellfarm-muted">{whatItIs(node, words)}</p>
        {map ? <Shards {...props} map={map} /> : null}
      </section>
      <section>
        <div className="cellfarm-Row">
          <b>{chosen ? words.__('Shard %1', chosen.number) : words.__('Cell')}</b>
          <StateText state={chosen?.state ?? node.state}>
            {[stateWord(chosen?.state ?? node.state, words), chosen ? '' : stateDetail(node, words, now)]
              .filter(Boolean)
              .join(' ')}
          </StateText>
          <span className="cellfarm-push">
            <OrderButton order={order} onOrder={onOrder} words={words} />
          </span>
        </div>
        {cameHome ? (
          <p className="cellfarm-Small">{words.__('Brought home: home computes the rest.')}</p>
        ) : null}
        {map && !chosen && map.leftMs !== null ? (
          <p className="cellfarm-Small">
            {words.__('About %1 left at the pace so far.', duration(map.leftMs))}
          </p>
        ) : null}
      </section>
      <WhyItWaits {...props} />
      <Attempts attempts={source.attempts.of(task)} words={words} now={now} />
      <Shown {...props} />
      <Names {...props} />
    </aside>
  );
}

function whatItIs({ cell, map }: CellNode, words: Words): string {
  if (cell.place === 'home') return words.__('Runs at home in document order');
  const target = targetLabel(cell.target, words);
  const over = cell.away.find((task) => task.over !== null)?.over;
  if (over === undefined) return words.__('Runs on %1', target);
  if (!map) return words.__('map over %1, on %2', over ?? '', target);
  return words.__('map of %1 over %2, on %3', map.view.count, over ?? '', target);
}

function Shards({ map, shard, onShard, words }: DetailsProps & { map: MapNode }): ReactElement {
  if (map.shards.length > MOST_SHARDS) return <p>{countWords(map.counts, words).join(', ')}</p>;
  return (
    <div className="cellfarm-Shards" role="group" aria-label={words.__('Shards')}>
      {map.shards.map(({ task, number, state }) => (
        <button
          key={task}
          type="button"
          className={`cellfarm-Shard cellfarm-${state}`}
          aria-pressed={task === shard}
          aria-label={words.__('Shard %1: %2', number, stateWord(state, words))}
          title={words.__('Shard %1: %2', number, stateWord(state, words))}
          onClick={() => onShard(task === shard ? null : task)}
        >
          <StateIcon state={state} size={12} />
        </button>
      ))}
    </div>
  );
}

function WhyItWaits({ node, nodes, words }: DetailsProps): ReactElement | null {
  if (node.state !== 'waiting' && node.state !== 'queued') return null;
  const numberOf = (index: number): number | string =>
    nodes.find(({ cell }) => cell.index === index)?.cell.number ?? '?';
  const lines = node.waitsFor.map((need) =>
    need.names.length > 0
      ? words.__('%1 from cell [%2]', need.names.join(', '), numberOf(need.cell))
      : words.__('Cell [%1] comes first', numberOf(need.cell)),
  );
  return (
    <section>
      <h3>{words.__('Why it waits')}</h3>
      {lines.length === 0 ? (
        <p>{words.__('Everything it needs is there; its turn comes in document order.')}</p>
      ) : (
        <ul className="cellfarm-Lines">
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Attempts({
  attempts,
  words,
  now,
}: {
  attempts: readonly Attempt[];
  words: Words;
  now: number;
}): ReactElement | null {
  if (attempts.length === 0) return null;
  return (
    <section>
      <table className="cellfarm-Table cellfarm-Small">
        <thead>
          <tr>
            <th scope="col">{words.__('Attempt')}</th>
            <th scope="col">{words.__('Worker')}</th>
            <th scope="col">{words.__('End')}</th>
            <th scope="col" className="cellfarm-num">
              {words.__('Time')}
            </th>
          </tr>
        </thead>
        <tbody>
          {attempts.map((attempt, at) => (
            <tr key={at}>
              <td>{attempt.attempt}</td>
              <td>{attempt.worker}</td>
              <td>
                <StateText state={stateOfAttempt(attempt)}>
                  {attempt.error?.message ?? stateWord(stateOfAttempt(attempt), words)}
                </StateText>
              </td>
              <td className="cellfarm-num">{duration((attempt.to ?? now) - attempt.from)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Shown({ source, node, words }: DetailsProps): ReactElement | null {
  const [wanted, setWanted] = useState('');
  const text = textShown(source.view.outputs.of(node.cell.index));
  if (text.length === 0) return null;
  const lines =
    wanted === '' ? text : text.filter((line) => line.toLowerCase().includes(wanted.toLowerCase()));
  return (
    <section>
      <div className="cellfarm-Row">
        <h3>{words.__('Log')}</h3>
        <SearchField
          className="cellfarm-push cellfarm-mod-small"
          value={wanted}
          onChange={setWanted}
          placeholder={words.__('Search')}
          label={words.__('Search the log')}
        />
      </div>
      <pre className="cellfarm-Log" tabIndex={0} aria-label={words.__('Log')}>
        {lines.slice(-200).join('\n')}
      </pre>
    </section>
  );
}

function Names({ node, nodes, words }: DetailsProps): ReactElement {
  const reads = node.cell.needs.flatMap((need) =>
    need.names.map((name) => ({
      name,
      from: nodes.find(({ cell }) => cell.index === need.cell)?.cell.number ?? '?',
    })),
  );
  return (
    <section>
      <table className="cellfarm-Table cellfarm-Small">
        <thead>
          <tr>
            <th scope="col">{words.__('Reads')}</th>
            <th scope="col">{words.__('From')}</th>
          </tr>
        </thead>
        <tbody>
          {reads.map(({ name, from }) => (
            <tr key={`${name} ${from}`}>
              <td>
                <code>{name}</code>
              </td>
              <td>{words.__('cell [%1]', from)}</td>
            </tr>
          ))}
          {reads.length === 0 ? (
            <tr>
              <td colSpan={2} className="cellfarm-muted">
                {words.__('nothing of earlier cells')}
              </td>
            </tr>
          ) : null}
        </tbody>
      </table>
      <p className="cellfarm-Small">
        <b>{words.__('Writes')}</b>{' '}
        {node.cell.writes.length > 0 ? <code>{node.cell.writes.join(', ')}</code> : words.__('nothing')}
      </p>
    </section>
  );
}
