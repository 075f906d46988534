// The table twin of the graph: the same tasks in the same words, for screen readers and for whoever likes rows. Draws
// only the rows in sight.
import { useEffect, useRef, useState } from 'react';
import type { KeyboardEvent, ReactElement } from 'react';
import { SearchField } from '../parts/search-field.js';
import { StateText } from '../parts/state-icon.js';
import type { CellNode } from '../run/cell-nodes.js';
import { stateWord } from '../run/state-words.js';
import type { TaskOrder } from '../run/task-orders.js';
import { OrderButton } from '../parts/order-button.js';
import { SHOWN_STATES } from '../run/task-state.js';
import type { ShownState } from '../run/task-state.js';
import type { Words } from '../text/words.js';
import { tableRows } from './table-rows.js';
import type { TableRow } from './table-rows.js';

export interface TableViewProps {
  readonly nodes: readonly CellNode[];
  readonly selected: number | null;
  readonly shard: string | null;
  readonly onSelect: (cell: number, shard: string | null) => void;
  readonly onOpen: (cell: number) => void;
  readonly onGraph: () => void;
  readonly orderOf: (node: CellNode) => TaskOrder | null;
  readonly onOrder: (order: TaskOrder) => void;
  readonly words: Words;
  readonly now: number;
}

const ROW = 26;
const BEYOND = 10;

export function TableView(props: TableViewProps): ReactElement {
  const { nodes, selected, shard, onSelect, words, now } = props;
  const [filter, setFilter] = useState('');
  const [state, setState] = useState<ShownState | null>(null);
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const rows = tableRows(nodes, { filter, state, opened }, words, now);
  const at = rows.findIndex((row) => row.cell === selected && row.shard === shard);
  const toggle = (cell: number, open: boolean): void => {
    const next = new Set(opened);
    if (open) next.add(cell);
    else next.delete(cell);
    setOpened(next);
  };
  const orderOfRow = ({ cell, shard: of }: TableRow): TaskOrder | null => {
    const node = of === null ? nodes.find((one) => one.cell.index === cell) : undefined;
    return node ? props.orderOf(node) : null;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const row = rows[at];
    const order = event.key === 'Delete' && row ? orderOfRow(row) : null;
    if (order) props.onOrder(order);
    else if (!act(event.key, rows, at, props, toggle)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="cellfarm-TableView">
      <div className="cellfarm-Bar2">
        <SearchField value={filter} onChange={setFilter} placeholder={words.__('Filter tasks')} />
        <label>
          {words.__('State:')}{' '}
          <select
            className="cellfarm-Input"
            value={state ?? ''}
            onChange={({ target }) => setState(SHOWN_STATES.find((one) => one === target.value) ?? null)}
          >
            <option value="">{words.__('all')}</option>
            {SHOWN_STATES.map((one) => (
              <option key={one} value={one}>
                {stateWord(one, words)}
              </option>
            ))}
          </select>
        </label>
        <span className="cellfarm-push cellfarm-Small cellfarm-muted">
          {words._n('%1 cell, in document order', '%1 cells, in document order', nodes.length)}
        </span>
      </div>
      <Rows
        rows={rows}
        at={at}
        onKeyDown={onKeyDown}
        onSelect={onSelect}
        toggle={toggle}
        orderOfRow={orderOfRow}
        onOrder={props.onOrder}
        words={words}
      />
      <p className="cellfarm-Padded cellfarm-Small cellfarm-muted">
        {words.__(
          'Up and Down move between tasks, Right opens a map, Enter shows the cell, Delete brings its work home, G goes to the same task in the graph.',
        )}
      </p>
    </div>
  );
}

interface RowsProps {
  readonly rows: readonly TableRow[];
  readonly at: number;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onSelect: TableViewProps['onSelect'];
  readonly toggle: (cell: number, open: boolean) => void;
  readonly orderOfRow: (row: TableRow) => TaskOrder | null;
  readonly onOrder: (order: TaskOrder) => void;
  readonly words: Words;
}

function Rows({
  rows,
  at,
  onKeyDown,
  onSelect,
  toggle,
  orderOfRow,
  onOrder,
  words,
}: RowsProps): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const [sight, setSight] = useState({ top: 0, height: 600 });
  const look = (): void => {
    const element = box.current;
    if (element) setSight({ top: element.scrollTop, height: element.clientHeight });
  };
  useEffect(look, []);
  useEffect(() => {
    const element = box.current;
    if (!element || at < 0) return;
    const top = at * ROW;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + 2 * ROW > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + 2 * ROW - element.clientHeight;
    }
  }, [at]);
  const from = Math.max(0, Math.floor(sight.top / ROW) - BEYOND);
  const to = Math.min(rows.length, Math.ceil((sight.top + sight.height) / ROW) + BEYOND);
  const heads = [
    words.__('Task'),
    words.__('Place'),
    words.__('State'),
    words.__('Progress'),
    words.__('Writes'),
    words.__('Time'),
    words.__('Why, or what next'),
  ];
  return (
    <div
      className="cellfarm-TableView-rows"
      ref={box}
      onScroll={look}
      tabIndex={0}
      role="region"
      aria-label={words.__('Tasks')}
      onKeyDown={onKeyDown}
    >
      <table className="cellfarm-Table" aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            {heads.map((head, column) => (
              <th key={head} scope="col" className={column === 5 ? 'cellfarm-num' : undefined}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {from > 0 ? <Gap rows={from} /> : null}
          {rows.slice(from, to).map((row, offset) => (
            <Row
              key={row.key}
              row={row}
              position={from + offset}
              chosen={from + offset === at}
              onSelect={onSelect}
              toggle={toggle}
              order={orderOfRow(row)}
              onOrder={onOrder}
              words={words}
            />
          ))}
          {to < rows.length ? <Gap rows={rows.length - to} /> : null}
        </tbody>
      </table>
    </div>
  );
}

function Gap({ rows }: { rows: number }): ReactElement {
  return (
    <tr aria-hidden>
      <td colSpan={7} style={{ height: rows * ROW, padding: 0 }} />
    </tr>
  );
}

interface RowProps extends Pick<RowsProps, 'onSelect' | 'toggle' | 'onOrder' | 'words'> {
  readonly order: TaskOrder | null;
  readonly row: TableRow;
  readonly position: number;
  readonly chosen: boolean;
}

function Row({ row, position, chosen, onSelect, toggle, order, onOrder, words }: RowProps): ReactElement {
  const { open } = row;
  return (
    <tr
      aria-rowindex={position + 2}
      className={chosen ? 'cellfarm-mod-selected' : undefined}
      onClick={() => onSelect(row.cell, row.shard)}
    >
      <td className={row.shard === null ? undefined : 'cellfarm-mod-indented'}>
        {open === null ? (
          <span className="cellfarm-Opener" />
        ) : (
          <button
            type="button"
            className="cellfarm-Opener"
            aria-expanded={open}
            aria-label={words.__('Shards of %1', row.name)}
            tabIndex={-1}
            onClick={() => toggle(row.cell, !open)}
          >
            {open ? '▾' : '▸'}
          </button>
        )}
        {row.name}
      </td>
      <td>{row.place}</td>
      <td>
        <StateText state={row.state}>{row.word}</StateText>
      </td>
      <td>{row.progress}</td>
      <td className="cellfarm-muted">{row.writes}</td>
      <td className="cellfarm-num">{row.time}</td>
      <td className="cellfarm-muted">
        {row.why} <OrderButton order={order} onOrder={onOrder} words={words} />
      </td>
    </tr>
  );
}

/** Whether the key meant something here. */
function act(
  key: string,
  rows: readonly TableRow[],
  at: number,
  { onSelect, onOpen, onGraph }: TableViewProps,
  toggle: RowsProps['toggle'],
): boolean {
  const row = rows[at];
  const move = (to: number): boolean => {
    const next = rows[Math.min(Math.max(to, 0), rows.length - 1)];
    if (next) onSelect(next.cell, next.shard);
    return next !== undefined;
  };
  switch (key) {
    case 'ArrowDown':
      return move(at + 1);
    case 'ArrowUp':
      return move(at - 1);
    case 'Home':
      return move(0);
    case 'End':
      return move(rows.length - 1);
    case 'ArrowRight':
    case 'ArrowLeft':
      if (!row || row.open === null) return false;
      toggle(row.cell, key === 'ArrowRight');
      return true;
    case 'Enter':
      if (row) onOpen(row.cell);
      return row !== undefined;
    case 'g':
    case 'G':
      onGraph();
      return true;
    default:
      return false;
  }
}
