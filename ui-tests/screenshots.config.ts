// Draws the pictures of docs/images: the same JupyterLab as in the tests, twice as sharp.
import config from './playwright.config.js';

export default {
  ...config,
  testDir: 'screenshots',
  use: {
    ...config.use,
    viewport: { width: 1720, height: 980 },
    deviceScaleFactor: 1.25,
    trace: 'off' as const,
  },
};
