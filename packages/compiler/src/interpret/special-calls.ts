// Built-in functions that are more than a specification: they reach names, attributes, code or other functions.
import type { Frame } from '../frame.js';
import type { Machine } from '../machine.js';
import {
  argumentsOf,
  IMMUTABLE,
  joinAll,
  unknownIn,
  value,
  type CallArguments,
  type LazyCallee,
  type Value,
} from '../values.js';
import { store, storeMember } from './assign.js';
import { claimOf } from './claims.js';
import { freshRegion } from './objects.js';

type Special = (m: Machine, args: CallArguments, site: object, frame: Frame) => Value | null;

function barrier(text: string): Special {
  return (m, args) => {
    m.world.barrier(text);
    return unknownIn([m.world.everything(), ...joinAll(args.positional).regions]);
  };
}

function runCode(name: string): Special {
  return (m, args, _site, frame) => {
    const text = args.positional[0]?.text ?? null;
    if (text === null || args.positional.length > 1 || args.keywords.size > 0 || args.starred.length > 0) {
      return barrier(`${name} of code that is not written out`)(m, args, _site, frame);
    }
    const inModule = frame.outer === null;
    if (!inModule || !m.runText(text, frame))
      return barrier(`${name} inside a function or of code that does not parse`)(m, args, _site, frame);
    return name === 'exec' ? IMMUTABLE : unknownIn(joinAll(args.positional).regions);
  };
}

/** `map` and `filter`: the function runs when the result is consumed. */
function lazyCall(giveResults: boolean): Special {
  return (m, args, site, frame) => {
    const [callback, ...iterables] = args.positional;
    if (!callback || args.starred.length > 0) return null;
    const items = iterables.map((each) => m.consume(each, site, frame));
    let lazy = frame.calleesMade.get(site) as LazyCallee | undefined;
    if (!lazy) {
      lazy = {
        kind: 'lazy',
        run: () => {
          const results =
            callback.type === 'immutable' ? IMMUTABLE : m.call(callback, argumentsOf(items), site, frame);
          return giveResults ? results : joinAll(items);
        },
      };
      frame.calleesMade.set(site, lazy);
    }
    const region = freshRegion(m, frame, site, { plain: true });
    m.world.regions.keep(region, [lazy]);
    const shared = iterables.flatMap((each) =>
      [...each.regions].filter((one) => !m.world.regions.isPlain(one)),
    );
    m.world.regions.unify([region, ...shared]);
    return value({ regions: new Set([region]), callees: new Set([lazy]), type: 'iterator' });
  };
}

/** `locals()`: in a function what it holds, at the top level everything. */
function localNames(m: Machine, args: CallArguments, site: object, frame: Frame): Value | null {
  if (frame.outer === null) return barrier('uses locals()')(m, args, site, frame);
  return unknownIn(joinAll(frame.locals.values()).regions);
}

/** A text of an expression whose names the library looks up in the notebook. */
function readsText(m: Machine, args: CallArguments, site: object, frame: Frame): Value | null {
  const text = args.positional[0]?.text ?? null;
  if (text === null) return barrier('evaluates a text that is not written out')(m, args, site, frame);
  for (const [name] of text.matchAll(/[A-Za-z_]\w*/g))
    if (m.world.namespace.get(name)) m.world.readGlobal(name);
  return null;
}

function openFile(m: Machine, args: CallArguments, site: object, frame: Frame): Value {
  const [path, mode] = args.positional;
  const modeText = mode
    ? mode.text
    : args.keywords.has('mode')
      ? (args.keywords.get('mode')?.text ?? null)
      : 'r';
  m.world.effect('io', {
    text: 'opens a file',
    file: path?.text ?? null,
    readOnly: modeText !== null && !/[wax+]/.test(modeText),
  });
  return value({ regions: new Set([freshRegion(m, frame, site)]), type: 'file', text: path?.text ?? null });
}

/** `partial(f, a)`: a call of the result is a call of f. */
function partial(m: Machine, args: CallArguments, site: object, frame: Frame): Value | null {
  const [callback, ...given] = args.positional;
  if (!callback) return null;
  const region = freshRegion(m, frame, site);
  const made = value({ regions: new Set([region]), type: 'function' });
  for (const each of [...given, ...args.keywords.values(), ...args.starred]) store(m, made, each);
  m.world.regions.keep(region, callback.callees);
  return { ...made, callees: callback.callees, open: true, regions: new Set([region, ...callback.regions]) };
}

function setAttribute(m: Machine, args: CallArguments, site: object, frame: Frame): Value {
  const [holder, name, stored] = args.positional;
  if (holder) {
    m.world.change(holder, 'is changed by setattr', { certain: true, code: true });
    if (holder.path !== null) m.world.patchedModules.add(holder.path.split('.')[0] ?? holder.path);
    if (stored) store(m, holder, stored);
    if (stored && name?.text != null) storeMember(m, holder, name.text, stored);
  }
  if (name?.text == null)
    return barrier('setattr with a name that is not written out')(m, args, site, frame) ?? IMMUTABLE;
  return IMMUTABLE;
}

function getAttribute(m: Machine, args: CallArguments, site: object, frame: Frame): Value | null {
  const [holder, name, fallback] = args.positional;
  if (!holder) return null;
  if (name?.text == null) {
    if (holder.path !== null) return unknownIn(holder.regions);
    m.operate([holder]);
    return unknownIn(holder.regions);
  }
  return joinAll([m.attribute(holder, name.text, site, frame), ...(fallback ? [fallback] : [])]);
}

function typeOf(_m: Machine, args: CallArguments): Value | null {
  const [of] = args.positional;
  if (!of || args.positional.length !== 1) return null;
  if (of.instanceOf) return value({ regions: of.regions, callees: new Set([of.instanceOf]), type: 'class' });
  return of.type === 'immutable' ? IMMUTABLE : unknownIn(of.regions);
}

/** `super()`: the same object seen as one of its bases. */
function superOf(m: Machine, args: CallArguments, _site: object, frame: Frame): Value {
  const self = args.positional[1] ?? [...frame.locals.values()][0];
  if (!self) return unknownIn([m.world.everything()]);
  const bases = self.instanceOf?.bases ?? [];
  const [base] = [...(bases[0]?.callees ?? [])];
  if (bases.length === 1 && base?.kind === 'class') return { ...self, instanceOf: base };
  if (bases.every((each) => each.path === 'builtins.object'))
    return { ...self, instanceOf: null, type: 'immutable' };
  return unknownIn(self.regions);
}

const SPECIAL: ReadonlyMap<string, Special> = new Map<string, Special>([
  ['builtins.exec', runCode('exec')],
  ['builtins.eval', runCode('eval')],
  ['builtins.globals', barrier('uses globals()')],
  ['builtins.locals', localNames],
  ['numexpr.evaluate', readsText],
  ['pandas.eval', readsText],
  ['sympy.var', barrier('binds names by sympy.var')],
  ['dill.load_session', barrier('loads a session')],
  ['dill.load_module', barrier('loads a session')],
  ['IPython.get_ipython', barrier('uses the shell')],
  ['IPython.core.getipython.get_ipython', barrier('uses the shell')],
  [
    'builtins.vars',
    (m, args, site, frame) =>
      args.positional[0]
        ? unknownIn(args.positional[0].regions)
        : barrier('uses vars()')(m, args, site, frame),
  ],
  ['builtins.__import__', barrier('uses __import__')],
  ['importlib.reload', barrier('reloads a module')],
  ['importlib.import_module', (m) => unknownIn([m.world.moduleRegion('importlib')])],
  ['sys._getframe', barrier('looks at frames')],
  ['inspect.currentframe', barrier('looks at frames')],
  ['inspect.stack', barrier('looks at frames')],
  ['gc.get_objects', barrier('looks at all objects')],
  ['gc.get_referrers', barrier('looks at all objects')],
  ['builtins.map', lazyCall(true)],
  ['builtins.filter', lazyCall(false)],
  ['builtins.open', openFile],
  ['io.open', openFile],
  ['functools.partial', partial],
  ['builtins.setattr', setAttribute],
  ['builtins.delattr', setAttribute],
  ['builtins.getattr', getAttribute],
  ['builtins.type', typeOf],
  ['builtins.super', superOf],
]);

/** `cellfarm.map(f)` written as a call: the function under its claim. */
function claimed(path: string, args: CallArguments): Value | null {
  const [given] = args.positional;
  const claim = claimOf(path);
  return claim && given && given.callees.size > 0 && args.positional.length === 1
    ? { ...given, claim }
    : null;
}

export function callSpecial(
  m: Machine,
  path: string,
  args: CallArguments,
  site: object,
  frame: Frame,
): Value | null {
  return SPECIAL.get(path)?.(m, args, site, frame) ?? claimed(path, args);
}
