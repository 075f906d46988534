// Finds the loops that use a function under `@cellfarm.map` or `@cellfarm.reduce` in a shape that is not handed out. What is
// said of each is decided in describe-shape.ts.
import type { CellAnalysis } from '../analyse-cells.js';
import { globalUses, type GlobalUse } from '../global-uses.js';
import { dottedName } from '../names-in.js';
import { asCall, asNode } from '../py-node.js';
import type { Call, Expr, PyNode } from '../py-node.js';
import type { World } from '../world.js';
import type { JudgedLoop } from './judge-loop.js';

const FUNCTIONS = new Set(['FunctionDef', 'AsyncFunctionDef', 'Lambda']);
const COMPREHENSIONS = new Set(['ListComp', 'SetComp', 'DictComp', 'GeneratorExp']);
/** Functions and methods that call what they are given once for each element. */
const CALLERS = /(^|\.)(map|imap|imap_unordered|starmap|filter|reduce|accumulate|apply|applymap|submit)$/;

/** A mention of a claimed function: called there, or handed to something that calls it. */
export interface ClaimedUse {
  readonly name: string;
  readonly skeleton: 'map' | 'map-reduce';
  /** The call of the function; null where it is only handed on. */
  readonly call: Call | null;
  readonly around: readonly PyNode[];
}

export interface ClaimedLoop {
  readonly node: PyNode;
  /** The function that the loop stands in; null: it stands at the top level. `lambda` for one without a name. */
  readonly inside: string | null;
  readonly uses: readonly ClaimedUse[];
}

function holds(list: unknown, node: PyNode): boolean {
  return Array.isArray(list) && list.includes(node);
}

/** Whether what stands in `child` is evaluated once for each round of `node`. */
function isRound(node: PyNode, child: PyNode, below: PyNode | undefined): boolean {
  if (node.nodeType === 'For' || node.nodeType === 'AsyncFor') return holds(node['body'], child);
  if (node.nodeType === 'While') return holds(node['body'], child) || node['test'] === child;
  if (!COMPREHENSIONS.has(node.nodeType)) return false;
  const [first] = node['generators'] as readonly PyNode[];
  return child !== first || below !== first['iter'];
}

/** The innermost loop around a use, and how deep in `around` it is. */
function loopAround(use: GlobalUse): { node: PyNode; depth: number } | null {
  const chain = [asNode(use.name), ...use.around];
  for (let i = 1; i < chain.length; i += 1) {
    const node = chain[i];
    const child = chain[i - 1];
    if (!node || !child || FUNCTIONS.has(node.nodeType)) return null;
    const handedOn = i === 1 && node.nodeType === 'Call' && holds(node['args'], child);
    if (handedOn && CALLERS.test(dottedName(node['func'] as Expr) ?? '')) return { node, depth: i - 1 };
    if (isRound(node, child, chain[i - 2])) return { node, depth: i - 1 };
  }
  return null;
}

function claimedUse(use: GlobalUse): ClaimedUse | null {
  const skeleton = use.value?.claim?.skeleton;
  if (use.name.ctx.nodeType !== 'Load' || (skeleton !== 'map' && skeleton !== 'map-reduce')) return null;
  const [parent] = use.around;
  const call = asCall(parent);
  return {
    name: use.name.id,
    skeleton,
    call: call?.func === use.name ? call : null,
    around: use.around,
  };
}

/** Loops that were asked for (`judged`) are left out, with all that is in them. */
export function claimedLoops(
  analysis: CellAnalysis,
  judged: readonly JudgedLoop[],
  world: World,
): ClaimedLoop[] {
  const asked = new Set<object>(judged.filter((loop) => loop.asked).map(({ candidate }) => candidate.node));
  const found = new Map<PyNode, { inside: string | null; uses: ClaimedUse[] }>();
  for (const use of globalUses(analysis, world)) {
    const claimed = claimedUse(use);
    if (!claimed || use.around.some((node) => asked.has(node))) continue;
    const loop = loopAround(use);
    if (!loop) continue;
    const known = found.get(loop.node);
    if (known) {
      known.uses.push(claimed);
      continue;
    }
    const outer = use.around.slice(loop.depth).find((node) => FUNCTIONS.has(node.nodeType));
    const inside = outer ? (typeof outer['name'] === 'string' ? outer['name'] : 'a lambda') : null;
    found.set(loop.node, { inside, uses: [claimed] });
  }
  return [...found].map(([node, { inside, uses }]) => ({ node, inside, uses }));
}
