// Names that nothing seems to define: read at a point where no cell before bound them, or used in a function that no cell
// calls and bound nowhere at all; each name once, where it comes first. A warning only: `except NameError` or `exec` may make it right.
import { describe, type Diagnostic } from '@cellfarm/protocol';
import type { NotebookAnalysis } from './analyse-cells.js';
import { BUILTINS, INJECTED } from './builtin-names.js';
import type { Site } from './observations.js';
import { globalNames } from './global-names.js';
import { MAGIC_CALL } from './magics.js';
import { buildScopes } from './scopes.js';

export function undefinedNames(analysis: NotebookAnalysis): Diagnostic[] {
  const found = new Map<string, Site>();
  const note = (name: string, site: Site): void => {
    const known = found.get(name);
    if (!known || site.cell < known.cell || (site.cell === known.cell && site.line < known.line))
      found.set(name, site);
  };
  const bound = new Set(analysis.cells.flatMap(({ seen }) => [...seen.writes.keys()]));
  for (const { seen } of analysis.cells) {
    for (const [name, event] of seen.reads)
      if (event.unbound && event.versions.size === 0) note(name, event.origin);
  }
  if (analysis.world.hiddenNames === 'none') {
    for (const { parsed, cell, status } of analysis.cells) {
      if (parsed.kind !== 'parsed' || status === 'skipped') continue;
      const scopes = buildScopes(parsed.module);
      for (const { node: name, late } of globalNames(parsed.module, scopes.of(parsed.module), scopes)) {
        if (!late || name.ctx.nodeType !== 'Load') continue;
        if (
          bound.has(name.id) ||
          BUILTINS.has(name.id) ||
          INJECTED.test(name.id) ||
          name.id === MAGIC_CALL ||
          name.id === '__class__'
        )
          continue;
        note(name.id, { cell: cell.index, line: name.lineno });
      }
    }
  }
  return [...found].map(([name, site]) => ({
    code: 'C2102' as const,
    severity: 'warning' as const,
    cell: site.cell,
    line: site.line,
    column: null,
    ...describe('C2102', { name }),
  }));
}
