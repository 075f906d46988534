// `def` and `class`: defaults, decorators, annotations and class bodies run now; function bodies run when they are called.
// A decorator that is known to leave a function what it is keeps it visible; any other makes its result unknown.
import { Frame } from '../frame.js';
import type { Machine } from '../machine.js';
import type { ClassDef, Expr, FunctionDef } from '../py-node.js';
import {
  argumentsOf,
  joinAll,
  NOTHING,
  value,
  type Claim,
  type ClassCallee,
  type FunctionCallee,
  type Value,
} from '../values.js';
import { claimOf } from './claims.js';
import { classValue } from './classes.js';
import { isGenerator } from './generators.js';
import { bindName } from './names.js';
import { freshRegion } from './objects.js';

/** Decorators (and factories of them) whose result calls the function as it is. */
const TRANSPARENT = new Set([
  'functools.lru_cache',
  'functools.cache',
  'functools.wraps',
  'builtins.staticmethod',
  'builtins.classmethod',
  'builtins.property',
  'functools.cached_property',
  'abc.abstractmethod',
  'dataclasses.dataclass',
  'numba.njit',
  'numba.jit',
  'contextlib.contextmanager',
  'functools.total_ordering',
  'typing.overload',
  'typing.final',
  'functools.singledispatch',
  'torch.no_grad',
  'tensorflow.function',
  'jax.jit',
]);

interface Decorator {
  readonly value: Value;
  readonly node: Expr;
}

/** `@d` or `@d(...)`: the full name of d, when it is a library's. */
function decoratorPath(m: Machine, node: Expr, frame: Frame): string | null {
  const head = node.nodeType === 'Call' ? node.func : node;
  const found = m.evaluate(head, frame);
  return found.open ? null : found.path;
}

function decorate(m: Machine, decorators: readonly Expr[], made: Value, frame: Frame): Value {
  let result = made;
  const evaluated = decorators.map((node): Decorator => {
    const path = decoratorPath(m, node, frame);
    const known = path !== null && (TRANSPARENT.has(path) || path.startsWith('cellfarm.'));
    if (known && node.nodeType === 'Call') {
      for (const each of [...node.args, ...node.keywords.map((keyword) => keyword.value)])
        m.evaluate(each, frame);
    }
    return { node, value: known ? value({ path, type: 'function' }) : m.evaluate(node, frame) };
  });
  for (const decorator of evaluated.reverse()) {
    const { path } = decorator.value;
    const claim: Claim | null = path === null ? null : claimOf(path, decorator.node);
    if (claim) result = { ...result, claim };
    else if (path === null || !(TRANSPARENT.has(path) || path.startsWith('cellfarm.'))) {
      // What a decorator that is not known gives may call the function; the region they share remembers it.
      result = { ...m.call(decorator.value, argumentsOf([result]), decorator.node, frame), claim: null };
    }
  }
  return result;
}

function bindingOf(m: Machine, node: FunctionDef, frame: Frame): FunctionCallee['binding'] {
  if (frame.scope.kind !== 'class') return 'plain';
  for (const decorator of node.decorator_list) {
    if (decorator.nodeType === 'Attribute' && ['setter', 'getter', 'deleter'].includes(decorator.attr))
      return 'property';
    const path = decoratorPath(m, decorator, frame);
    if (path === 'builtins.staticmethod') return 'static';
    if (path === 'builtins.classmethod') return 'class';
    if (path === 'builtins.property' || path === 'functools.cached_property') return 'property';
  }
  return ['__new__', '__init_subclass__', '__class_getitem__'].includes(node.name) ? 'static' : 'plain';
}

function evaluateAnnotations(m: Machine, node: FunctionDef, frame: Frame): void {
  if (m.world.lazyAnnotations || (node.type_params && node.type_params.length > 0)) return;
  const { args } = node;
  const parameters = [...args.posonlyargs, ...args.args, ...args.kwonlyargs, args.vararg, args.kwarg];
  for (const annotation of [...parameters.map((each) => each?.annotation), node.returns])
    if (annotation) m.evaluate(annotation, frame);
}

export function defineFunction(m: Machine, node: FunctionDef, frame: Frame): void {
  const defaults = joinAll(
    [...node.args.defaults, ...node.args.kw_defaults].map((each) =>
      each ? m.evaluate(each, frame) : NOTHING,
    ),
  );
  evaluateAnnotations(m, node, frame);
  let callee = frame.calleesMade.get(node) as FunctionCallee | undefined;
  if (!callee) {
    callee = {
      kind: 'function',
      name: node.name,
      node,
      scopes: frame.scopes,
      closure: frame,
      defaults,
      cell: m.world.origin.cell,
      binding: bindingOf(m, node, frame),
      generator: isGenerator(node),
    };
    frame.calleesMade.set(node, callee);
  }
  const region = freshRegion(m, frame, node, { code: true });
  const made = value({
    regions: new Set([region, ...defaults.regions]),
    callees: new Set([callee]),
    type: 'function',
  });
  const decorators = node.decorator_list.filter(
    (each) => !(each.nodeType === 'Attribute' && ['setter', 'getter', 'deleter'].includes(each.attr)),
  );
  bindName(m.world, node.name, decorate(m, decorators, made, frame), frame);
}

export function defineClass(m: Machine, node: ClassDef, frame: Frame): void {
  const bases = node.bases.map((each) => m.evaluate(each, frame));
  for (const keyword of node.keywords) m.evaluate(keyword.value, frame);
  const body = frame.activation(
    node,
    node,
    () => new Frame(frame.scopes.of(node), frame.scopes, frame, frame.cell),
  );
  body.certain = frame.certain;
  m.execute(node.body, body);
  let callee = frame.calleesMade.get(node) as ClassCallee | undefined;
  if (!callee) {
    const held = [...body.locals.values()]
      .flatMap((each) => [...each.regions])
      .filter((region) => !m.world.regions.isCode(region));
    const inherited = bases
      .flatMap((base) => [...base.callees])
      .flatMap((each) => (each.kind === 'class' && each.data !== null ? [each.data] : []));
    const data = held.length + inherited.length > 0 ? m.world.regions.fresh() : null;
    if (data !== null) m.world.regions.unify([data, ...held, ...inherited]);
    callee = { kind: 'class', name: node.name, node, body, bases, data, cell: m.world.origin.cell };
    frame.calleesMade.set(node, callee);
  }
  bindName(m.world, node.name, decorate(m, node.decorator_list, classValue(m, callee, frame), frame), frame);
}
