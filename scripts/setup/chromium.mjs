// Makes sure that the browser tests find a Chromium of the system; the test tool downloads none.
import { installSystemPackage, onPath } from './system-package.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

export const chromium = {
  name: 'chromium',
  fresh: () => NAMES.some((name) => onPath(name)),
  run: () =>
    installSystemPackage({
      name: 'chromium',
      lacking: 'there is no Chromium on PATH, which the browser tests use',
      brew: '--cask chromium',
      other: "install `chromium` with this system's package manager",
    }),
};
