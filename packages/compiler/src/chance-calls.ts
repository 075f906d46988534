// Calls that give something else at each run of a notebook: random numbers that nobody seeded, random ids, time, what belongs
// to a process. Found by name, wherever they stand; whether one is behind a difference of two runs is for others to say.
import type { NotebookAnalysis } from './analyse-cells.js';
import { dottedFrom, globalUses, type GlobalUse } from './global-uses.js';
import type { PyNode } from './py-node.js';

export interface ChanceCall {
  readonly cell: number;
  readonly line: number;
  /** Full name of what is called, such as `numpy.random.rand`. */
  readonly called: string;
  readonly kind: 'random' | 'id' | 'time' | 'process';
}

/** How a stream of random numbers is seeded, and what draws from it. */
const STREAMS: readonly { readonly seeds: RegExp; readonly draws: RegExp }[] = [
  { seeds: /^random\.seed$/, draws: /^random\.(?!seed$|Random$|getstate$|setstate$)[a-z]\w*$/ },
  {
    seeds: /^numpy\.random\.seed$/,
    draws: /^numpy\.random\.(?!seed$|default_rng$|get_state$|set_state$)[a-z]\w*$/,
  },
  {
    seeds: /^torch\.manual_seed$/,
    draws: /^torch\.(rand|randn|randint|randperm|normal|bernoulli|multinomial)(_like)?$/,
  },
];
/** Generators of one's own: chance only where they are made without a seed. */
const GENERATORS = /^(random\.Random|numpy\.random\.(default_rng|RandomState|SeedSequence|PCG64|Generator))$/;
const OTHERS: readonly { readonly kind: ChanceCall['kind']; readonly calls: RegExp }[] = [
  { kind: 'random', calls: /^(secrets\.\w+|os\.urandom|random\.SystemRandom)$/ },
  { kind: 'id', calls: /^(uuid\.uuid[14]|tempfile\.\w+)$/ },
  {
    kind: 'time',
    calls:
      /^(time\.(time|time_ns|perf_counter|perf_counter_ns|monotonic|process_time|ctime|localtime|gmtime|strftime)|datetime\.(datetime\.(now|utcnow|today)|date\.today)|pandas\.Timestamp\.(now|today|utcnow))$/,
  },
  { kind: 'process', calls: /^(os\.(getpid|getppid|times)|threading\.get_ident)$/ },
];

interface PlacedCall {
  readonly cell: number;
  readonly line: number;
  readonly late: boolean;
  readonly called: string;
  readonly hasArguments: boolean;
}

/** `seed(None)` seeds from chance. */
function isSomething(given: PyNode): boolean {
  const value = given.nodeType === 'Keyword' ? (given['value'] as PyNode) : given;
  return value.nodeType !== 'Constant' || (value['value'] !== null && value['value'] !== undefined);
}

function calledAt(use: GlobalUse, cell: number): PlacedCall | null {
  const { attributes, node, around } = dottedFrom(use);
  const [call] = around;
  if (!use.value?.path || call?.nodeType !== 'Call' || call['func'] !== node) return null;
  const given = [...(call['args'] as readonly PyNode[]), ...(call['keywords'] as readonly PyNode[])];
  return {
    cell,
    line: Number(call['lineno']),
    late: use.late,
    called: [use.value.path, ...attributes].join('.'),
    hasArguments: given.some(isSomething),
  };
}

/** What runs when its function is called counts as seeded where the notebook seeds at all. */
function isSeeded(draw: PlacedCall, seeds: readonly PlacedCall[]): boolean {
  return seeds.some(
    (seed) =>
      draw.late || seed.late || seed.cell < draw.cell || (seed.cell === draw.cell && seed.line <= draw.line),
  );
}

function kindOf(call: PlacedCall, all: readonly PlacedCall[]): ChanceCall['kind'] | null {
  const other = OTHERS.find(({ calls }) => calls.test(call.called));
  if (other) return other.kind;
  if (GENERATORS.test(call.called)) return call.hasArguments ? null : 'random';
  const stream = STREAMS.find(({ draws }) => draws.test(call.called));
  if (!stream) return null;
  const seeds = all.filter(({ called, hasArguments }) => stream.seeds.test(called) && hasArguments);
  return isSeeded(call, seeds) ? null : 'random';
}

/** In the order of cells and lines. */
export function chanceCallsOf({ cells, world }: NotebookAnalysis): ChanceCall[] {
  const all = cells
    .flatMap((analysis) => globalUses(analysis, world).map((use) => calledAt(use, analysis.cell.index)))
    .filter((call) => call !== null);
  return all
    .flatMap((call) => {
      const kind = kindOf(call, all);
      return kind === null ? [] : [{ cell: call.cell, line: call.line, called: call.called, kind }];
    })
    .sort((a, b) => a.cell - b.cell || a.line - b.line);
}
