// The live graph of a run: home as a spine in document order, what left it in lanes beside it. Moves, zooms and listens;
// where things lie is the layout's, what they look like the nodes' and wires'.
import {
  ReactFlow,
  ReactFlowProvider,
  ViewportPortal,
  useReactFlow,
  useStore,
  useStoreApi,
  useViewport,
} from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { useCallback, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent, MouseEvent, ReactElement } from 'react';
import { fitIcon, homeIcon, minusIcon, plusIcon, targetIcons } from '../parts/icons.js';
import { targetIcon, targetLabel } from '../plan/target-words.js';
import type { CellNode } from '../run/cell-nodes.js';
import type { PlanCell } from '../run/plan-cells.js';
import type { TaskOrder } from '../run/task-orders.js';
import type { Words } from '../text/words.js';
import { EdgeLabels } from './edge-labels.js';
import { keyMove } from './key-moves.js';
import type { GraphLayout } from './layout.js';
import { Bead, Card } from './nodes.js';
import type { FlowNode } from './nodes.js';
import { NodeMenu } from './node-menu.js';
import { useLayout } from './use-layout.js';
import { Wires } from './wires.js';

export interface GraphViewProps {
  readonly cells: readonly PlanCell[];
  readonly nodes: readonly CellNode[];
  /** Index of the selected cell; null for none. */
  readonly selected: number | null;
  readonly onSelect: (cell: number | null) => void;
  /** Enter or double click: show the cell in the notebook. */
  readonly onOpen: (cell: number) => void;
  readonly orderOf: (node: CellNode) => TaskOrder | null;
  readonly onOrder: (order: TaskOrder) => void;
  readonly words: Words;
  readonly now: number;
}

/** Whose menu is open, and where: pixels from the graph's corner. */
interface MenuPlace {
  readonly cell: number;
  readonly left: number;
  readonly top: number;
}

const nodeTypes = { bead: Bead, card: Card };
const BEAD_LEFT = 22;
const LEAST_ZOOM = 0.2;
/** Empty room right and below, in pixels: without it a small graph would be centred. */
const BEYOND = 4_000;

export function GraphView(props: GraphViewProps): ReactElement {
  return (
    <ReactFlowProvider>
      <Graph {...props} />
    </ReactFlowProvider>
  );
}

function Graph(props: GraphViewProps): ReactElement {
  const { cells, nodes, selected, onSelect, onOpen, orderOf, onOrder, words, now } = props;
  const [menu, setMenu] = useState<MenuPlace | null>(null);
  const closeMenu = useCallback(() => setMenu(null), []);
  const box = useRef<HTMLDivElement>(null);
  const layout = useLayout(cells);
  const [from, to] = useSight(layout?.rowHeight ?? 1);
  const flowNodes = useMemo(
    () => (layout ? flowNodesOf(nodes, layout, [from, to], selected, words, now) : []),
    [nodes, layout, from, to, selected, words, now],
  );
  const flow = useReactFlow();
  const onKeyDown = useCallback(
    (event: KeyboardEvent) => {
      const move = keyMove(event.key, nodes, selected);
      if (!move) return;
      event.preventDefault();
      event.stopPropagation();
      if (move.type === 'open') onOpen(move.cell);
      else if (move.type === 'cancel') {
        const chosen = nodes.find(({ cell }) => cell.index === move.cell);
        const order = chosen ? orderOf(chosen) : null;
        if (order) onOrder(order);
      } else {
        onSelect(move.cell);
        const row = layout?.rows.find(({ index }) => index === move.cell);
        if (row) bringIntoSight(flow, row.y);
      }
    },
    [nodes, selected, layout, flow, onOpen, onSelect, orderOf, onOrder],
  );
  if (!layout) return <div className="cellfarm-Graph" aria-busy="true" />;
  const chosen = nodes.find((node) => node.cell.index === selected);
  const meant = menu && nodes.find((node) => node.cell.index === menu.cell);
  const onContextMenu = (event: MouseEvent, { data }: FlowNode): void => {
    const corner = box.current?.getBoundingClientRect();
    if (!corner) return;
    event.preventDefault();
    event.stopPropagation();
    const cell = data.node.cell.index;
    onSelect(cell);
    setMenu({ cell, left: event.clientX - corner.left, top: event.clientY - corner.top });
  };
  return (
    <div
      className="cellfarm-Graph"
      ref={box}
      tabIndex={0}
      role="application"
      aria-label={words.__(
        'Graph of the run. Up and Down move in document order, Enter shows the cell, Delete brings its work home.',
      )}
      onKeyDown={onKeyDown}
    >
      <LaneHeads layout={layout} nodes={nodes} words={words} />
      <div className="cellfarm-Graph-canvas">
        <ReactFlow<FlowNode>
          nodes={flowNodes}
          edges={[]}
          nodeTypes={nodeTypes}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          disableKeyboardA11y
          panOnScroll
          zoomOnDoubleClick={false}
          minZoom={LEAST_ZOOM}
          maxZoom={2}
          translateExtent={[
            [-20, 0],
            [layout.width + BEYOND, layout.height + BEYOND],
          ]}
          onNodeClick={(_, node) => onSelect(node.data.node.cell.index)}
          onNodeDoubleClick={(_, node) => onOpen(node.data.node.cell.index)}
          onNodeContextMenu={onContextMenu}
          onPaneClick={() => onSelect(null)}
        >
          <ViewportPortal>
            <Lanes layout={layout} />
            <Wires layout={layout} nodes={nodes} selected={selected} from={from} to={to} />
            {chosen ? <EdgeLabels layout={layout} nodes={nodes} chosen={chosen} words={words} /> : null}
          </ViewportPortal>
        </ReactFlow>
        <Controls layout={layout} words={words} />
      </div>
      {menu && meant ? (
        <NodeMenu
          place={{ left: menu.left, top: menu.top }}
          order={orderOf(meant)}
          onOrder={onOrder}
          onShowCell={() => onOpen(menu.cell)}
          onClose={closeMenu}
          words={words}
        />
      ) : null}
    </div>
  );
}

function flowNodesOf(
  nodes: readonly CellNode[],
  layout: GraphLayout,
  [from, to]: readonly [number, number],
  selected: number | null,
  words: Words,
  now: number,
): FlowNode[] {
  const low = layout.rowHeight < 60;
  return nodes.slice(from, to + 1).flatMap((node, at): FlowNode[] => {
    const row = layout.rows[from + at];
    if (!row) return [];
    const common = {
      id: String(node.cell.index),
      data: { node, words, now, low },
      selected: node.cell.index === selected,
      draggable: false,
    };
    const { card } = row;
    if (card) {
      const { x, y, width, height } = card;
      return [{ ...common, type: 'card' as const, position: { x, y }, width, height }];
    }
    const height = layout.rowHeight - 8;
    return [
      {
        ...common,
        type: 'bead' as const,
        position: { x: BEAD_LEFT, y: row.y - height / 2 },
        width: 168,
        height,
      },
    ];
  });
}

/** First and last row in sight, in steps of ten rows, so that moving a little draws nothing anew. */
function useSight(rowHeight: number): readonly [number, number] {
  return useStore(
    ({ transform: [, y, zoom], height }) => {
      const band = rowHeight * 10 * zoom;
      const top = Math.floor(-y / band) * 10 - 2;
      return [Math.max(0, top), top + (Math.ceil(height / band) + 1) * 10 + 4] as const;
    },
    (a, b) => a[0] === b[0] && a[1] === b[1],
  );
}

function Lanes({ layout }: { layout: GraphLayout }): ReactElement {
  return (
    <>
      {layout.lanes.map(({ target, x, width }) => (
        <div
          key={target}
          className="cellfarm-Lane"
          style={{ left: x, width, height: layout.height + BEYOND }}
        />
      ))}
    </>
  );
}

function LaneHeads({
  layout,
  nodes,
  words,
}: {
  layout: GraphLayout;
  nodes: readonly CellNode[];
  words: Words;
}): ReactElement {
  const { x, zoom } = useViewport();
  const at = (left: number): { left: number } => ({ left: left * zoom + x });
  return (
    <div className="cellfarm-Graph-heads">
      <div style={at(22)}>
        <homeIcon.react tag="span" className="cellfarm-Icon" />
        <span>
          <b>{words.__('Home')}</b>
          <span className="cellfarm-Small cellfarm-muted">{words.__('in document order')}</span>
        </span>
      </div>
      {layout.lanes.map((lane) => {
        const Icon = targetIcons[targetIcon(lane.target)];
        return (
          <div key={lane.target} style={at(lane.x + 6)}>
            <Icon.react tag="span" className="cellfarm-Icon" />
            <span>
              <b>{targetLabel(lane.target, words)}</b>
              <span className="cellfarm-Small cellfarm-muted">{useOf(lane.target, nodes, words)}</span>
            </span>
          </div>
        );
      })}
    </div>
  );
}

/** How many tasks of a lane are at work now. */
function useOf(target: string, nodes: readonly CellNode[], words: Words): string {
  const busy = nodes
    .filter(
      ({ cell }) => cell.place === 'away' && (cell.target === 'auto' ? 'local' : cell.target) === target,
    )
    .reduce(
      (sum, { map, state }) =>
        sum + (map ? map.counts.running + map.counts.retrying : state === 'running' ? 1 : 0),
      0,
    );
  return busy === 0 ? words.__('idle') : words._n('%1 task at work', '%1 tasks at work', busy);
}

function Controls({ layout, words }: { layout: GraphLayout; words: Words }): ReactElement {
  const flow = useReactFlow();
  const store = useStoreApi();
  const showAll = (): void => {
    const { width, height } = store.getState();
    const zoom = Math.max(LEAST_ZOOM, Math.min(1, width / (layout.width + 20), height / layout.height));
    void flow.setViewport({ x: 0, y: 0, zoom });
  };
  const buttons = [
    { label: words.__('Zoom in'), Icon: plusIcon, act: () => void flow.zoomIn() },
    { label: words.__('Zoom out'), Icon: minusIcon, act: () => void flow.zoomOut() },
    { label: words.__('Show all'), Icon: fitIcon, act: showAll },
  ];
  return (
    <div className="cellfarm-Graph-controls">
      {buttons.map(({ label, Icon, act }) => (
        <button
          key={label}
          type="button"
          className="cellfarm-Button cellfarm-mod-flat"
          title={label}
          onClick={act}
        >
          <Icon.react tag="span" className="cellfarm-Icon" />
          <span className="cellfarm-hidden">{label}</span>
        </button>
      ))}
    </div>
  );
}

function bringIntoSight(flow: ReturnType<typeof useReactFlow>, y: number): void {
  const { x, y: top, zoom } = flow.getViewport();
  const shown = y * zoom + top;
  const height = document.querySelector('.cellfarm-Graph-canvas')?.clientHeight ?? 0;
  if (shown < 30) void flow.setViewport({ x, y: 60 - y * zoom, zoom });
  else if (shown > height - 30) void flow.setViewport({ x, y: height - 60 - y * zoom, zoom });
}
