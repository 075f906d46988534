// `npm run layers`: prints the packages from the lowest layer up, each with what it imports.
import { layers, tree } from './guards/layers.mjs';

const { ok, output } = layers();
process.stdout.write(`${tree()}\n\n${ok ? 'All imports point down.' : output}\n`);
process.exitCode = ok ? 0 : 1;
