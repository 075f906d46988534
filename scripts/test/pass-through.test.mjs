import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';

const module = new URL('../setup/pass-through.mjs', import.meta.url).href;

/** Starts a Node that passes through to another Node running `script`; its stdin is no terminal. */
function passing(script) {
  const program = `
    import { passThrough } from '${module}';
    process.exitCode = await passThrough(process.execPath, ['-e', ${JSON.stringify(script)}]);`;
  const args = ['--input-type=module', '-e', program];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
}

test('the exit status is that of the program', async () => {
  const [status] = await once(passing('process.exit(7)'), 'exit');
  expect(status).toBe(7);
});

test('the end by a signal is told as shells tell it', async () => {
  const [status] = await once(passing("process.kill(process.pid, 'SIGKILL')"), 'exit');
  expect(status).toBe(137);
});

test('an interrupt that arrives twice at once reaches the program once', async () => {
  const counting = `
    let heard = 0;
    process.on('SIGINT', () => { heard += 1; setTimeout(() => process.exit(40 + heard), 300); });
    console.log('ready');
    setInterval(() => undefined, 1000);`;
  const child = passing(counting);
  await once(child.stdout, 'data');
  child.kill('SIGINT');
  child.kill('SIGINT');
  const [status] = await once(child, 'exit');
  expect(status).toBe(41);
});
