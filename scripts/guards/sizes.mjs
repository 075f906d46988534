// No source file over 450 lines: at 300 one looks for the second concept in it. Also tells how long files are.
import { projectFiles, textOf } from './files.mjs';

const MOST_LINES = 450;
const code = /\.(ts|tsx|mjs|js|py)$/;
const generated = /(^|\/)(generated|json-schema)\/|\.snap$/;

export function sizes() {
  const files = projectFiles().filter((file) => code.test(file) && !generated.test(file));
  const lengths = files.map((file) => ({ file, lines: textOf(file).split('\n').length - 1 }));
  const tooLong = lengths.filter(({ lines }) => lines > MOST_LINES);
  const sorted = lengths.map(({ lines }) => lines).sort((a, b) => a - b);
  const at = (share) => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  return {
    ok: tooLong.length === 0,
    output: tooLong.map(({ file, lines }) => `${file}: ${lines} lines, at most ${MOST_LINES}`).join('\n'),
    note: `${files.length} files, half at most ${at(0.5)} lines, nine in ten at most ${at(0.9)}`,
  };
}
