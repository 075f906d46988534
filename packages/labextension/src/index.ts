// The plugins of cellfarm. Each can be disabled on its own; panels are loaded when they are first shown.
import { cellMarksPlugin } from './plugins/cell-marks.js';
import { distributePlugin } from './plugins/distribute.js';
import { examplePlugin } from './plugins/example.js';
import { runPanelsPlugin } from './plugins/run-panels.js';
import { servicePlugin } from './plugins/service.js';
import { settingsPlugin } from './plugins/settings.js';
import { statusPlugin } from './plugins/status.js';
import { tagsPlugin } from './plugins/tags.js';

export default [
  settingsPlugin,
  servicePlugin,
  distributePlugin,
  runPanelsPlugin,
  tagsPlugin,
  cellMarksPlugin,
  statusPlugin,
  examplePlugin,
];
