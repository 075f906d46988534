// Says why a loop in another shape is not handed out, which shape would be, and how to take the part out that is like a map.
import type { CellAnalysis } from '../analyse-cells.js';
import { dottedName, namesIn } from '../names-in.js';
import type { Call, Comprehension, Expr, Located, PyNode } from '../py-node.js';
import { asNode, walk } from '../py-node.js';
import { textOf } from '../source-text.js';
import type { ClaimedLoop, ClaimedUse } from './claimed-loops.js';
import type { Refusal } from './judge-loop.js';

const MOST_CHARS = 60;

/** The words of a loop's parts as they stand in the cell. */
interface Words {
  readonly f: string;
  /** `f(x)`. */
  readonly call: string;
  /** `x` and `xs` of `for x in xs`. */
  readonly item: string;
  readonly items: string;
}

function taken(f: string): string {
  return `handed out are [${f}(x) for x in xs], list(map(${f}, xs)), and a for loop whose whole body is out.append(${f}(x))`;
}

/** A short text of a node; `otherwise` where it is long or goes over several lines. */
function shortText(source: string, node: unknown, otherwise: string): string {
  const text = textOf(source, node as Located);
  return text.length > MOST_CHARS || text.includes('\n') ? otherwise : text;
}

/** Names that the body of a loop binds, its own targets left out. */
function boundInBody(loop: PyNode): Set<string> {
  const bound = new Set((loop['body'] as readonly PyNode[]).flatMap((each) => namesIn(each, 'Store')));
  if (loop['target']) for (const name of namesIn(loop['target'])) bound.delete(name);
  return bound;
}

function mapFirst({ call, item, items }: Words): string {
  return `write results = [${call} for ${item} in ${items}] first`;
}

function ofComprehension(loop: PyNode, call: unknown, words: Words): Refusal {
  const generators = loop['generators'] as readonly Comprehension[];
  const plain = generators.length === 1 && generators[0]?.ifs.length === 0;
  const first = plain
    ? mapFirst(words)
    : `make the list of items first (items = [...]), then write results = [${words.call} for ${words.item} in items]`;
  const items = plain ? words.items : 'items';
  switch (loop.nodeType) {
    case 'DictComp':
      return {
        code: 'dict-comprehension',
        text: `it makes a dict; ${taken(words.f)}`,
        fix: `${first}, then make the dict from zip(${items}, results)`,
      };
    case 'SetComp':
      return {
        code: 'set-comprehension',
        text: `it makes a set; ${taken(words.f)}`,
        fix: `${first}, then set(results)`,
      };
    case 'GeneratorExp':
      return {
        code: 'generator-expression',
        text: `it computes an element when that is consumed; ${taken(words.f)}`,
        fix:
          plain && loop['elt'] === call
            ? `write it in square brackets: [${words.call} for ${words.item} in ${items}]`
            : `${first}, then consume results`,
      };
    default:
      return {
        code: 'call-in-expression',
        text: `${words.f} is called inside a larger expression; ${taken(words.f)}`,
        fix: `${first}, then compute the rest from results`,
      };
  }
}

/** The statement of the loop's own body that holds the call, when the body is that statement only. */
function onlyStatement(loop: PyNode): PyNode | null {
  const body = loop['body'] as readonly PyNode[];
  return body.length === 1 ? (body[0] ?? null) : null;
}

function ofArgument(loop: PyNode, call: Call, words: Words): Refusal | null {
  const bound = boundInBody(loop);
  const made = [...new Set(call.args.flatMap((each) => namesIn(each)))].filter((name) => bound.has(name));
  const [name] = made;
  if (name === undefined) return null;
  const chained = [...walk(loop)].some(
    (each) =>
      (each.nodeType === 'Assign' || each.nodeType === 'AugAssign') &&
      [...walk(each)].includes(asNode(call)) &&
      namesIn(each, 'Store').includes(name),
  );
  return {
    code: chained ? 'needs-round-before' : 'argument-made-in-body',
    text: `${words.f} is given ${name}, which the body makes in each round; ${taken(words.f)}`,
    fix: chained
      ? `each call needs the result of the one before; give ${words.f} something that does not depend on ${name} to have calls side by side`
      : `make the list of all ${name} first, then write results = [${words.call} for ${name} in that list]`,
  };
}

/** A statement that may leave the call out, between the call and the loop. */
function isConditional(use: ClaimedUse, loop: PyNode): boolean {
  const between = use.around.slice(0, use.around.indexOf(loop));
  return between.some((node) => ['If', 'IfExp', 'BoolOp', 'Match', 'While', 'For'].includes(node.nodeType));
}

function ofFor(loop: PyNode, use: ClaimedUse, call: Call, words: Words, source: string): Refusal {
  const argument = ofArgument(loop, call, words);
  if (argument) return argument;
  if (isConditional(use, loop)) {
    return {
      code: 'conditional-call',
      text: `it does not call ${words.f} once in each round; ${taken(words.f)}`,
      fix: `make the list of items that are wanted first, then write results = [${words.call} for ${words.item} in items]`,
    };
  }
  const only = onlyStatement(loop);
  const rest = `then loop over zip(${words.items}, results) with the result in place of ${words.call}`;
  if (only?.nodeType !== 'AugAssign' && only?.nodeType !== 'Assign') {
    return {
      code: 'loop-body',
      text: `its body does more than one append; ${taken(words.f)}`,
      fix: `${mapFirst(words)}, ${rest}`,
    };
  }
  const statement = shortText(source, only, '').replace(words.call, 'result');
  const usesItem = new RegExp(`\\b(${namesIn(loop['target'] as object).join('|')})\\b`).test(statement);
  const folds = statement !== '' && !usesItem;
  return {
    code: 'folds-as-it-goes',
    text: `it takes each result of ${words.f} in as it goes; ${taken(words.f)}`,
    fix: folds
      ? `${mapFirst(words)}, then for result in results: ${statement}`
      : `${mapFirst(words)}, ${rest}`,
  };
}

function ofHandedOn(loop: PyNode, words: Words): Refusal {
  const caller = dottedName(loop['func'] as Expr) ?? 'a function';
  if (caller === 'map') {
    return {
      code: 'map-without-list',
      text: `map() computes an element when that is consumed; ${taken(words.f)}`,
      fix: `write list(map(${words.f}, ${words.items}))`,
    };
  }
  return {
    code: 'called-by-another',
    text: `${caller} calls ${words.f} itself; ${taken(words.f)}`,
    fix: `write results = [${words.f}(x) for x in ${words.items}] and go on with results`,
  };
}

function ofReduction(name: string): Refusal {
  return {
    code: 'reduction-at-home',
    text: `${name} takes the elements together at home, in order; only a map before it is handed out`,
    fix: 'where making the elements takes long, put that into a function f under @cellfarm.map and reduce [f(x) for x in xs]',
  };
}

function wordsOf(loop: PyNode, use: ClaimedUse, source: string): Words {
  const generators = loop['generators'] as readonly Comprehension[] | undefined;
  const header = generators ? generators[0] : loop;
  const { target, iter } = header as { target?: Expr; iter?: Expr };
  const given = loop.nodeType === 'Call' ? (loop['args'] as readonly Expr[])[1] : iter;
  return {
    f: use.name,
    call: use.call ? shortText(source, use.call, `${use.name}(...)`) : use.name,
    item: target ? shortText(source, target, 'x') : 'x',
    items: given ? shortText(source, given, 'xs') : 'xs',
  };
}

/** Null where there is nothing to be said: a reduction of what a map gave (`reduces`) is as it should be. */
export function describeShape(loop: ClaimedLoop, analysis: CellAnalysis, reduces: boolean): Refusal | null {
  const { node, inside, uses } = loop;
  const { python: source } = analysis.parsed.prepared;
  const use = uses.find((each) => each.skeleton === 'map');
  if (!use) return reduces ? null : ofReduction(uses[0]?.name ?? 'the function');
  const words = wordsOf(node, use, source);
  if (inside !== null) {
    return {
      code: 'inside-function',
      text: `it stands inside ${inside}, and only loops at the top level of a cell are handed out`,
      fix: `move the loop over ${words.f} to the top level of a cell and give its results to ${inside}`,
    };
  }
  if (use.call === null) return ofHandedOn(node, words);
  if (node.nodeType === 'While') {
    return {
      code: 'while-loop',
      text: `how many rounds a while loop has is known only at its end; ${taken(use.name)}`,
      fix: `where the items are known beforehand, write results = [${use.name}(x) for x in items] before the loop`,
    };
  }
  return 'generators' in node
    ? ofComprehension(node, use.call, words)
    : ofFor(node, use, use.call, words, source);
}
