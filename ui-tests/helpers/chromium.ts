// The system's Chromium: the test tool downloads no browser of its own.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

const QUIET = [
  '--no-sandbox',
  '--disable-lcd-text',
  '--disable-webgl',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

export function chromium(): { executablePath: string; args: string[] } {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) =>
    existsSync(path),
  );
  if (found === undefined) throw new Error('There is no Chromium here. Install it: apt-get install chromium');
  return { executablePath: found, args: QUIET };
}
