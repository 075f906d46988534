// A plain kernel: nbclient and ipykernel play the same notebooks in one process, cell by cell. What `cellfarm run` is measured against
// where no work leaves home.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as notebooks from './notebooks.mjs';

const program = fileURLToPath(new URL('../peers/play_notebook.py', import.meta.url));

export const nbclient = {
  name: 'nbclient',
  title: 'nbclient + ipykernel',
  ours: false,
  measures: ['chain', 'startCold', 'startWarm'],
  async open({ python, env }) {
    const folder = mkdtempSync(join(tmpdir(), 'cellfarm-nbclient-'));
    const play = async (sources) => {
      const [input, output] = [join(folder, 'notebook.ipynb'), join(folder, 'executed.ipynb')];
      writeFileSync(input, notebooks.notebookText(sources));
      const began = Date.now() / 1e3;
      await promisify(execFile)(python, [program, input, output], { env, cwd: folder });
      const { cells } = JSON.parse(readFileSync(output, 'utf8'));
      return { began, said: notebooks.saidIn(cells.flatMap((cell) => cell.outputs)) };
    };
    return {
      async measure(name, parameters) {
        if (name === 'chain') return (await play(notebooks.chain(parameters))).said;
        const { began, said } = await play(notebooks.start());
        return { seconds: said.at - began };
      },
      close: async () => rmSync(folder, { recursive: true, force: true }),
    };
  },
};
