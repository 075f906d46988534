// Runs a program in this one's place: same terminal, same folder, its exit status and the signals passed on.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** @returns {Promise<number>} the program's exit status; 128 + number where a signal ended it, as shells say it */
export function passThrough(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit', ...options });
    const forward = (signal) => child.kill(signal);
    // Ctrl-C on a terminal reaches the child by itself, being sent to the whole foreground group; one more of ours
    // would read as a second, more urgent Ctrl-C.
    const heardByChild = () => undefined;
    const onTerminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
    const handlers = [
      ['SIGINT', onTerminal ? heardByChild : once(forward)],
      ['SIGTERM', once(forward)],
      ['SIGHUP', once(forward)],
    ];
    for (const [signal, handler] of handlers) process.on(signal, handler);
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      for (const [name, handler] of handlers) process.off(name, handler);
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}

/** Lets one of several signals through that arrive within half a second: npm repeats what its group already got. */
function once(forward, quietMs = 500) {
  let last = -Infinity;
  return (signal) => {
    const now = performance.now();
    if (now - last >= quietMs) {
      last = now;
      forward(signal);
    }
  };
}
