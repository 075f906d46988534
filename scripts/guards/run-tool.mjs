// Runs one checking program of this checkout, on the virtual environment's Node or Python, and keeps what it printed.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { nodeBinary, root, runtimeEnv, venvPython } from '../setup/paths.mjs';

/** @returns {Promise<{ ok: boolean, output: string }>} */
function run(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, env: runtimeEnv(), stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => (output += text));
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ ok: code === 0, output }));
  });
}

/** A program of node_modules, named by its file there. */
export const nodeTool = (file, ...args) => run(nodeBinary(), [join(root, 'node_modules', file), ...args]);

/** A script of this checkout. */
export const nodeScript = (file, ...args) => run(nodeBinary(), [join(root, file), ...args]);

/** A module of the virtual environment, as `python -m`. */
export const pythonTool = (module, ...args) => run(venvPython, ['-m', module, ...args]);

/** Several in turn; stops at the first that fails. */
export async function inTurn(...tools) {
  let output = '';
  for (const tool of tools) {
    const done = await tool();
    output += done.output;
    if (!done.ok) return { ok: false, output };
  }
  return { ok: true, output };
}
