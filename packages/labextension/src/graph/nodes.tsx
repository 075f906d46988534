// The two shapes of a node: a bead with its text on the spine (home), a card in a lane (away).
import type { Node, NodeProps } from '@xyflow/react';
import type { ReactElement } from 'react';
import { StateIcon, StateText } from '../parts/state-icon.js';
import type { CellNode } from '../run/cell-nodes.js';
import { countWords, stateDetail, stateWord } from '../run/state-words.js';
import type { Words } from '../text/words.js';
import { duration } from '../text/duration.js';
import { Ring } from './ring.js';

export interface NodeData extends Record<string, unknown> {
  readonly node: CellNode;
  readonly words: Words;
  readonly now: number;
  readonly low: boolean;
}

export type FlowNode = Node<NodeData, 'bead' | 'card'>;

export function Bead({ data, selected }: NodeProps<FlowNode>): ReactElement {
  const { node, words, now } = data;
  const detail = [stateWord(node.state, words), stateDetail(node, words, now)].filter(Boolean).join(' ');
  return (
    <div className={`cellfarm-Bead cellfarm-${node.state}${selected ? ' cellfarm-mod-selected' : ''}`}>
      <span className="cellfarm-Bead-icon">
        <StateIcon state={node.state} size={18} />
      </span>
      <span className="cellfarm-Bead-text">
        <Title node={node} />
        <span className="cellfarm-Small cellfarm-tone">{detail}</span>
      </span>
    </div>
  );
}

export function Card({ data, selected }: NodeProps<FlowNode>): ReactElement {
  const { node, words, now, low } = data;
  const className = `cellfarm-Card cellfarm-${node.state}${selected ? ' cellfarm-mod-selected' : ''}`;
  const { map } = node;
  return (
    <div className={className}>
      <Title node={node} />
      <div className="cellfarm-Card-body">
        {map ? <Ring map={map} radius={low ? 6 : 12} width={low ? 3 : 4} /> : null}
        <span className="cellfarm-Small">
          {map && !low ? (
            <MapLines node={node} words={words} />
          ) : (
            <StateText state={node.state}>
              {[stateWord(node.state, words), stateDetail(node, words, now)].filter(Boolean).join(' ')}
            </StateText>
          )}
        </span>
      </div>
    </div>
  );
}

function MapLines({ node, words }: { node: CellNode; words: Words }): ReactElement {
  const { map } = node;
  if (!map) return <></>;
  const done = map.counts.done + map.counts.reused;
  const first = words.__('%1 of %2', done, map.shards.length);
  const others = countWords({ ...map.counts, done: 0, reused: 0, queued: 0 }, words);
  const took = map.view.wallMs === null ? null : duration(map.view.wallMs);
  return (
    <>
      <span className={`cellfarm-tone cellfarm-${node.state}`}>
        {stateWord(node.state, words)} {first}
      </span>
      <br />
      {others.length > 0 ? others.join(', ') : (took ?? '')}
    </>
  );
}

function Title({ node }: { node: CellNode }): ReactElement {
  return (
    <span className="cellfarm-NodeTitle">
      <span className="cellfarm-Number">{node.cell.number}</span> <b>{node.cell.title}</b>
    </span>
  );
}
