// A run in a narrow place: the spine alone, with a target's icon where the lanes would be.
import type { KeyboardEvent, ReactElement } from 'react';
import { keyMove } from '../graph/key-moves.js';
import { targetIcons } from '../parts/icons.js';
import { StateIcon } from '../parts/state-icon.js';
import { targetIcon } from '../plan/target-words.js';
import type { CellNode } from '../run/cell-nodes.js';
import { stateDetail, stateWord } from '../run/state-words.js';
import type { TaskOrder } from '../run/task-orders.js';
import type { Words } from '../text/words.js';

export interface NarrowRunProps {
  readonly nodes: readonly CellNode[];
  readonly selected: number | null;
  readonly onSelect: (cell: number | null) => void;
  readonly onOpen: (cell: number) => void;
  readonly orderOf: (node: CellNode) => TaskOrder | null;
  readonly onOrder: (order: TaskOrder) => void;
  readonly words: Words;
  readonly now: number;
}

export function NarrowRun(props: NarrowRunProps): ReactElement {
  const { nodes, selected, onSelect, onOpen, orderOf, onOrder, words, now } = props;
  const giveOrder = (index: number): void => {
    const node = nodes.find(({ cell }) => cell.index === index);
    const order = node ? orderOf(node) : null;
    if (order) onOrder(order);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const move = keyMove(event.key, nodes, selected);
    if (!move) return;
    event.preventDefault();
    if (move.type === 'open') onOpen(move.cell);
    else if (move.type === 'select') onSelect(move.cell);
    else giveOrder(move.cell);
  };
  return (
    <div
      className="cellfarm-Narrow"
      tabIndex={0}
      role="region"
      aria-label={words.__('Cells of the run')}
      onKeyDown={onKeyDown}
    >
      <ol>
        {nodes.map((node) => {
          const Icon = targetIcons[targetIcon(node.cell.target)];
          const chosen = node.cell.index === selected;
          return (
            <li
              key={node.cell.index}
              className={`cellfarm-${node.state}${chosen ? ' cellfarm-mod-selected' : ''}`}
              onClick={() => onSelect(node.cell.index)}
            >
              <StateIcon state={node.state} size={16} />
              {node.cell.place === 'away' ? <Icon.react tag="span" className="cellfarm-Icon" /> : null}
              <span className="cellfarm-Narrow-text">
                <span>
                  <span className="cellfarm-Number">{node.cell.number}</span> <b>{node.cell.title}</b>
                </span>
                <span className="cellfarm-Small cellfarm-muted">{stateDetail(node, words, now)}</span>
              </span>
              <span className="cellfarm-push cellfarm-tone">{stateWord(node.state, words)}</span>
            </li>
          );
        })}
      </ol>
    </div>
  );
}
