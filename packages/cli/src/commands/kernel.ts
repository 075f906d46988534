// `cellfarm kernel install|uninstall`: what registers a kernel is Jupyter's own, so Python does it, for the interpreter that cellfarm
// belongs to.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { EXIT } from '@cellfarm/protocol';
import type { Settings } from '../settings.js';

export async function kernelCommand(words: readonly string[], settings: Settings): Promise<number> {
  const child = spawn(settings.python, ['-m', 'cellfarm.kernel', ...words], { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? EXIT.infrastructure;
}
