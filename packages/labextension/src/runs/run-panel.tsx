// The panel of one run: head, graph, timeline and table of it, details of what is selected. Holds what is selected and
// which view is shown; everything else is asked of the run.
import { useState } from 'react';
import type { ReactElement } from 'react';
import type { AgentInfo } from '@cellfarm/protocol';
import { Details } from '../details/details.js';
import type { AskSamples } from '../devices/use-samples.js';
import { GraphView } from '../graph/graph-view.js';
import { Button } from '../parts/button.js';
import { StateText } from '../parts/state-icon.js';
import { usePolled } from '../parts/use-polled.js';
import { useRun } from '../parts/use-run.js';
import { useWidth } from '../parts/use-width.js';
import type { CellNode } from '../run/cell-nodes.js';
import { progressOf } from '../run/cell-nodes.js';
import { progressWords, runState, runTime } from '../run/progress-words.js';
import { runName } from '../run/run-name.js';
import type { RunSource } from '../run/run-source.js';
import { stateWord } from '../run/state-words.js';
import { mayBeRetried, retryCaption } from '../run/retry-words.js';
import { orderFor } from '../run/task-orders.js';
import type { TaskOrder } from '../run/task-orders.js';
import { SHOWN_STATES } from '../run/task-state.js';
import { TableView } from '../table/table-view.js';
import { TimelineView } from '../timeline/timeline-view.js';
import type { Words } from '../text/words.js';
import { Announcer } from './announcer.js';
import { NarrowRun } from './narrow-run.js';
import { RunNotes } from './run-notes.js';

export interface RunPanelProps {
  readonly source: RunSource;
  readonly agents: () => Promise<AgentInfo[]>;
  readonly samples: AskSamples;
  /** Shows a cell in the notebook; `focus` moves the keyboard there. */
  readonly onReveal: (cellId: string, focus: boolean) => void;
  readonly onCancel: () => void;
  readonly onOrder: (order: TaskOrder) => void;
  readonly onRetry: () => void;
  readonly words: Words;
}

type View = 'graph' | 'timeline' | 'table';
/** Below this width lanes do not fit. */
const NARROW = 480;
const ROOM_BESIDE = 760;

export function RunPanel(props: RunPanelProps): ReactElement {
  const { source, agents, samples, onReveal, onCancel, onOrder, onRetry, words } = props;
  const { nodes, now } = useRun(source);
  const [box, width] = useWidth();
  const [view, setView] = useState<View>('graph');
  const [selected, select] = useState<number | null>(null);
  const [shard, setShard] = useState<string | null>(null);
  const known = useAgents(agents, source.view.state === 'running' && !source.gone);
  const choose = (cell: number | null, task: string | null = null): void => {
    select(cell);
    setShard(task);
    const chosen = nodes.find((node) => node.cell.index === cell);
    if (chosen) onReveal(chosen.cell.id, false);
  };
  const open = (cell: number): void => {
    const chosen = nodes.find((node) => node.cell.index === cell);
    if (chosen) onReveal(chosen.cell.id, true);
  };
  const node = nodes.find((one) => one.cell.index === selected) ?? null;
  const common = { nodes, selected, words, now };
  const orders = { orderOf: (of: CellNode) => orderFor(of, source.view), onOrder };
  const narrow = width < NARROW;
  return (
    <div className="cellfarm-RunPanel" ref={box}>
      <Head
        source={source}
        nodes={nodes}
        view={view}
        onView={setView}
        onCancel={onCancel}
        onRetry={onRetry}
        words={words}
        now={now}
        narrow={narrow}
      />
      <RunNotes source={source} words={words} />
      <div className={`cellfarm-RunPanel-body${width < ROOM_BESIDE ? ' cellfarm-mod-stacked' : ''}`}>
        {source.problem ? (
          <p className="cellfarm-Padded">
            {source.gone
              ? words.__(
                  'The service does not know this run any more: it was deleted. This panel can be closed.',
                )
              : source.problem.message}
          </p>
        ) : null}
        {view === 'graph' && narrow ? (
          <NarrowRun {...common} {...orders} onSelect={choose} onOpen={open} />
        ) : null}
        {view === 'graph' && !narrow ? (
          <GraphView {...common} {...orders} cells={source.cells} onSelect={choose} onOpen={open} />
        ) : null}
        {view === 'timeline' ? (
          <TimelineView {...common} source={source} agents={known} samples={samples} onSelect={choose} />
        ) : null}
        {view === 'table' ? (
          <TableView
            {...common}
            {...orders}
            shard={shard}
            onSelect={choose}
            onOpen={open}
            onGraph={() => setView('graph')}
          />
        ) : null}
        {node && view !== 'timeline' && !narrow ? (
          <Details
            source={source}
            nodes={nodes}
            node={node}
            shard={shard}
            onShard={setShard}
            onOpen={open}
            onOrder={onOrder}
            words={words}
            now={now}
          />
        ) : null}
      </div>
      {view === 'graph' ? <Counts nodes={nodes} words={words} /> : null}
      <Announcer source={source} nodes={nodes} words={words} />
    </div>
  );
}

interface HeadProps {
  readonly source: RunSource;
  readonly nodes: readonly CellNode[];
  readonly view: View;
  readonly onView: (view: View) => void;
  readonly onCancel: () => void;
  readonly onRetry: () => void;
  readonly words: Words;
  readonly now: number;
  readonly narrow: boolean;
}

function Head({
  source,
  nodes,
  view,
  onView,
  onCancel,
  onRetry,
  words,
  now,
  narrow,
}: HeadProps): ReactElement {
  const views: readonly [View, string][] = [
    ['graph', words.__('Graph')],
    ['timeline', words.__('Timeline')],
    ['table', words.__('Table')],
  ];
  const state = runState(source.view);
  return (
    <div className="cellfarm-Head">
      <div className="cellfarm-Tabs" role="group" aria-label={words.__('View')}>
        {views.map(([name, label]) => (
          <button key={name} type="button" aria-pressed={view === name} onClick={() => onView(name)}>
            {label}
          </button>
        ))}
      </div>
      {narrow ? null : <b>{source.run === null ? words.__('Plan') : runName(source.run, words)}</b>}
      {source.run === null ? (
        <span className="cellfarm-muted">{words.__('nothing runs')}</span>
      ) : (
        <>
          <StateText state={state}>
            {`${stateWord(state, words)} ${runTime(source.view, now)}`.trim()}
          </StateText>
          {narrow ? null : (
            <span className="cellfarm-Head-progress cellfarm-muted">{progressWords(nodes, words)}</span>
          )}
        </>
      )}
      {source.feedState === 'away' &&
      !source.gone &&
      source.view.state === 'running' &&
      source.view.startedAt > 0 ? (
        <StateText state="warning">{words.__('Connection lost, trying again')}</StateText>
      ) : null}
      {source.run !== null && source.view.state === 'running' && !source.gone ? (
        <span className="cellfarm-push">
          <Button onClick={onCancel}>{words.__('Cancel run')}</Button>
        </span>
      ) : null}
      {source.run !== null && mayBeRetried(source.view.state) ? (
        <span className="cellfarm-push" title={retryCaption(words)}>
          <Button onClick={onRetry}>{words.__('Retry')}</Button>
        </span>
      ) : null}
    </div>
  );
}

function Counts({ nodes, words }: { nodes: readonly CellNode[]; words: Words }): ReactElement {
  const { counts } = progressOf(nodes);
  return (
    <div className="cellfarm-Legend">
      {SHOWN_STATES.filter((state) => counts[state] > 0).map((state) => (
        <span key={state} className="cellfarm-nowrap">
          <StateText state={state}>{stateWord(state, words)}</StateText> {counts[state]}
        </span>
      ))}
    </div>
  );
}

/** Agents come and go while a run lasts. */
const AGENTS_EVERY_MS = 5_000;
const NO_AGENTS: readonly AgentInfo[] = [];

function useAgents(ask: () => Promise<AgentInfo[]>, going: boolean): readonly AgentInfo[] {
  const everyMs = going ? AGENTS_EVERY_MS : null;
  return usePolled({ ask, everyMs, unknown: 'the agents are not known' }) ?? NO_AGENTS;
}
