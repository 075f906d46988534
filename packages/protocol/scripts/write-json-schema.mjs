// Writes json-schema/*.json from the zod schemas, from those the Python types of cellfarm.protocol, and ERRORS.md.
// `npm run check` runs it and fails when the committed files differ.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import * as protocol from '../lib/index.js';
import { errorsPage } from './errors-page.mjs';
import { pythonModule } from './python-types.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const schemaFolder = join(here, '..', 'json-schema');
const pythonFile = join(here, '..', '..', 'python', 'src', 'cellfarm', 'protocol', 'messages.py');

/** File name of a schema: `PlayMeta` -> `play-meta`. */
const kebab = (name) => name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();

/** Shapes that several frames share; they come first so that the frames refer to them by name. */
const SHARED = ['ObjectRef', 'SourceSpan', 'CellError', 'LoopSite'];

const schemas = Object.entries(protocol)
  .filter(([, value]) => value instanceof z.ZodType)
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, value]) => [name, z.toJSONSchema(value, { io: 'output', unrepresentable: 'any' })]);

mkdirSync(schemaFolder, { recursive: true });
for (const file of readdirSync(schemaFolder)) rmSync(join(schemaFolder, file));
for (const [name, schema] of schemas) {
  writeFileSync(
    join(schemaFolder, `${kebab(name)}.json`),
    `${JSON.stringify({ title: name, ...schema }, null, 2)}\n`,
  );
}
writeFileSync(
  pythonFile,
  pythonModule(
    [
      ...SHARED.map((name) => schemas.find(([other]) => other === name)),
      ...schemas.filter(([name]) => name.endsWith('Meta')),
    ],
    { FRAME: protocol.FRAME, STATUS: protocol.STATUS },
    {
      PROTOCOL_VERSION: protocol.PROTOCOL_VERSION,
      INLINE_LIMIT_BYTES: protocol.INLINE_LIMIT_BYTES,
      MAX_FRAME_BYTES: protocol.MAX_FRAME_BYTES,
    },
  ),
);
writeFileSync(join(here, '..', 'ERRORS.md'), errorsPage(protocol.CATALOGUE));
