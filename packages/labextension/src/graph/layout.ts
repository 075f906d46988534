// Where everything of the graph lies: row = document order, column = target. A place depends on cell and target alone, so
// nothing jumps when states change, and the time is linear in the number of cells. Pure; runs in a worker for long notebooks.

/** What of a planned cell decides its place. */
export interface LayoutCell {
  readonly index: number;
  readonly place: 'home' | 'away';
  readonly target: string;
  /** True when home itself waits in this cell for what left: it comes back before the next cell. */
  readonly joinsHere: boolean;
  /** Indices of the earlier cells that it needs. */
  readonly needs: readonly number[];
}

export interface Lane {
  readonly target: string;
  readonly x: number;
  readonly width: number;
}

export interface LayoutRow {
  readonly index: number;
  /** Centre of the row. */
  readonly y: number;
  /** Card of a cell that leaves home; null for a bead. */
  readonly card: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  } | null;
  /** Path from the spine to the card, and from the card back into the spine. */
  readonly branch: string | null;
  readonly back: { readonly path: string; readonly y: number } | null;
}

export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly rowHeight: number;
  readonly lanes: readonly Lane[];
  readonly rows: readonly LayoutRow[];
}

/** All in CSS pixels at 100 %. */
export const SPINE_X = 34;
const HOME_WIDTH = 190;
const LANE_WIDTH = 176;
const LANE_GAP = 8;
const CARD_MARGIN = 6;
const HIGH_ROW = 76;
const LOW_ROW = 52;
/** More rows than this are drawn low. */
const HIGH_ROWS = 12;
const TOP = 14;
const BOTTOM = 40;
const CORNER = 10;
/** How far above the centre of its reader's row a way back enters the spine, as a share of the row. */
const ABOVE_READER = 0.4;

export function layoutGraph(cells: readonly LayoutCell[]): GraphLayout {
  const rowHeight = cells.length > HIGH_ROWS ? LOW_ROW : HIGH_ROW;
  const lanes = lanesOf(cells);
  const laneOf = new Map(lanes.map((lane) => [lane.target, lane]));
  const rowOf = new Map(cells.map(({ index }, row) => [index, row]));
  const centre = (row: number): number => TOP + rowHeight * (row + 0.5);
  const readers = firstReaders(cells, rowOf);
  const arrivals = new Map<number, number>();
  const lastCard = lastCardRows(cells);
  const rows = cells.map((cell, row): LayoutRow => {
    const y = centre(row);
    const lane = laneOf.get(cell.target);
    if (cell.place === 'home' || !lane) return { index: cell.index, y, card: null, branch: null, back: null };
    const height = rowHeight - (rowHeight === HIGH_ROW ? 14 : 8);
    const card = { x: lane.x + CARD_MARGIN, y: y - height / 2, width: lane.width - 2 * CARD_MARGIN, height };
    const reader = cell.joinsHere ? row + 1 : (readers.get(cell.index) ?? cells.length);
    const before = arrivals.get(reader) ?? 0;
    arrivals.set(reader, before + 1);
    const backY = centre(reader) - rowHeight * ABOVE_READER + 5 * before;
    const free = (lastCard.get(`${cell.target} ${row}`) ?? cells.length) >= reader;
    const dropX = free ? card.x + card.width / 2 : lane.x + lane.width - 3;
    return {
      index: cell.index,
      y,
      card,
      branch: `M${SPINE_X + 9} ${y}H${card.x}`,
      back: { path: backPath(dropX, card.y + card.height, backY), y: backY },
    };
  });
  const right = lanes.at(-1);
  return {
    width: right ? right.x + right.width : HOME_WIDTH,
    height: TOP + rowHeight * cells.length + BOTTOM,
    rowHeight,
    lanes,
    rows,
  };
}

function backPath(x: number, fromY: number, y: number): string {
  const corner = Math.min(CORNER, Math.max(0, y - fromY));
  return `M${x} ${fromY}V${y - corner}q0 ${corner}-${CORNER} ${corner}H${SPINE_X + 10}`;
}

/** Targets in order of first use. */
function lanesOf(cells: readonly LayoutCell[]): Lane[] {
  const targets = [...new Set(cells.filter(({ place }) => place === 'away').map(({ target }) => target))];
  return targets.map((target, at) => ({
    target,
    x: HOME_WIDTH + at * (LANE_WIDTH + LANE_GAP),
    width: LANE_WIDTH,
  }));
}

/** Row of the first cell that needs each cell. */
function firstReaders(cells: readonly LayoutCell[], rowOf: ReadonlyMap<number, number>): Map<number, number> {
  const readers = new Map<number, number>();
  cells.forEach(({ needs }, row) => {
    for (const need of needs) {
      if (!readers.has(need) && (rowOf.get(need) ?? row) < row) readers.set(need, row);
    }
  });
  return readers;
}

/** For each card, by target and row: the row of the next card in its lane, which a way back must not cross. */
function lastCardRows(cells: readonly LayoutCell[]): Map<string, number> {
  const next = new Map<string, number>();
  const following = new Map<string, number>();
  for (let row = cells.length - 1; row >= 0; row -= 1) {
    const cell = cells[row];
    if (cell?.place !== 'away') continue;
    next.set(`${cell.target} ${row}`, following.get(cell.target) ?? cells.length);
    following.set(cell.target, row);
  }
  return next;
}
