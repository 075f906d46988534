// The layout in a web worker: takes the cells, answers with the layout.
import { layoutGraph } from './layout.js';
import type { LayoutCell } from './layout.js';

addEventListener('message', ({ data }: MessageEvent<readonly LayoutCell[]>) => {
  postMessage(layoutGraph(data));
});
