// What IPython's magics and shell lines do, as far as it is known; an unknown magic may do anything.
import type { Effect } from '@cellfarm/protocol';
import type { Frame } from '../frame.js';
import type { Machine } from '../machine.js';
import type { CellMagic } from '../magics.js';
import type { Call } from '../py-node.js';
import { IMMUTABLE, unknownIn, value, type Value } from '../values.js';
import { freshRegion } from './objects.js';

const LINE_EFFECTS: Readonly<Record<string, readonly Effect[]>> = {
  matplotlib: ['process'],
  config: ['process'],
  cd: ['process'],
  pushd: ['process'],
  popd: ['process'],
  env: ['process'],
  set_env: ['process'],
  autoreload: ['process', 'unknown'],
  load_ext: ['process', 'unknown'],
  reload_ext: ['process', 'unknown'],
  pip: ['process', 'io'],
  conda: ['process', 'io'],
  uv: ['process', 'io'],
  sx: ['process', 'io'],
  system: ['process', 'io'],
  tensorboard: ['process', 'io', 'display'],
};
const SHOWING = new Set(
  'who whos who_ls lsmagic magic history hist pinfo pinfo2 pdoc pdef pfile psource psearch pwd ls ll dirs dhist precision pprint xmode colors doctest_mode quickref watermark autosave time pycat cat automagic autocall autoawait cellfarm'.split(
    ' ',
  ),
);
const TIMED = new Set(['timeit', 'memit', 'prun']);
const SHELLS = new Set([
  'bash',
  'sh',
  'script',
  'system',
  'sx',
  '!',
  'perl',
  'ruby',
  'python',
  'python2',
  'python3',
  'pypy',
  'cmd',
]);
const SHOWN = new Set(['html', 'HTML', 'javascript', 'js', 'latex', 'markdown', 'svg', 'SVG']);

/** `{expression}` and `$name` in a magic's line are replaced by values of the notebook's names. */
function readInterpolated(m: Machine, text: string): void {
  for (const [, braced = '', dollar = ''] of text.matchAll(/\{([^{}]*)\}|\$([A-Za-z_]\w*)/g)) {
    for (const [name] of `${braced} ${dollar}`.matchAll(/[A-Za-z_]\w*/g)) {
      if (m.world.namespace.get(name)) m.world.readGlobal(name);
    }
  }
}

function lineMagic(m: Machine, name: string, args: string, frame: Frame, site: object): Value {
  const { world } = m;
  readInterpolated(m, args);
  if (TIMED.has(name)) {
    const code = args.replace(/^(-\w+\s*\d*\s+)*/, '');
    if (code !== '' && !m.runTimed(code, frame)) world.barrier(`%${name} of code that does not parse`);
    world.effect('display', { text: `%${name}` });
    return unknownIn([freshRegion(m, frame, site)]);
  }
  if (SHOWING.has(name) || name === '') {
    world.effect('display', { text: `%${name}` });
    return unknownIn([freshRegion(m, frame, site)]);
  }
  const effects = LINE_EFFECTS[name];
  if (!effects) {
    world.barrier(`the magic %${name}`);
    return unknownIn([world.everything()]);
  }
  for (const effect of effects) world.effect(effect, { text: `%${name}` });
  return IMMUTABLE;
}

/** Runs the magic that a placed call stands for. */
export function runMagic(m: Machine, node: Call, frame: Frame): Value {
  const [index] = node.args;
  const magic = index?.nodeType === 'Constant' ? m.magics[Number(index.value)] : undefined;
  if (!magic) throw new TypeError('a placed magic has no number');
  switch (magic.kind) {
    case 'help':
      m.world.effect('display', { text: 'shows help' });
      return IMMUTABLE;
    case 'shell':
      readInterpolated(m, magic.command);
      m.world.effect('process', { text: `runs !${magic.command}` });
      m.world.effect('io', { text: `runs !${magic.command}` });
      return value({ regions: new Set([freshRegion(m, frame, node, { plain: true })]), type: 'list' });
    case 'line':
      return lineMagic(m, magic.name, magic.args, frame, node);
  }
}

/** The name that `%%capture name` or `%%bash --out name` binds. */
function boundBy(magic: CellMagic): string[] {
  if (magic.name === 'capture')
    return magic.args
      .split(/\s+/)
      .filter((word) => /^[A-Za-z_]\w*$/.test(word))
      .slice(0, 1);
  return [...magic.args.matchAll(/--(?:out|err|proc|bg-process)[= ]\s*([A-Za-z_]\w*)/g)].map(
    ([, name = '']) => name,
  );
}

/** What a cell magic does beside running its body as Python. Gives why the cell is not understood; null when it is. */
export function runCellMagic(m: Machine, magic: CellMagic, body: string, frame: Frame): string | null {
  const { world } = m;
  for (const name of boundBy(magic)) {
    world.bindGlobal(name, unknownIn([freshRegion(m, frame, magic)]), true);
  }
  if (SHELLS.has(magic.name)) {
    readInterpolated(m, magic.args);
    world.effect('process', { text: `%%${magic.name}` });
    world.effect('io', { text: `%%${magic.name}` });
    return `%%${magic.name}`;
  }
  if (SHOWN.has(magic.name)) {
    world.effect('display', { text: `%%${magic.name}` });
    return `%%${magic.name}`;
  }
  if (magic.name === 'writefile' || magic.name === 'file') {
    world.effect('io', { text: `%%${magic.name}`, file: magic.args.split(/\s+/).at(-1) ?? null });
    return `%%${magic.name}`;
  }
  world.barrier(`the cell magic %%${magic.name}${body === '' ? '' : ' and its body'}`);
  return `the magic %%${magic.name}`;
}
