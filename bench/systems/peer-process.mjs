// A system that runs as a process of its own and is asked over its standard streams, one line of JSON a request and an answer. Owns the
// process and everything below it: after `close` nothing of it is left.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { residentMegabytes } from '../driver/processes.mjs';

const READY_MS = 90_000;
const ANSWER_MS = 300_000;
const CLOSE_MS = 30_000;
const LAST_WORDS = 4_000;

/** Starts a peer; resolves when it says that it is ready. Throws its last words when it never does. */
export async function openPeer(program, args, env) {
  const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (words = (words + text).slice(-LAST_WORDS)));
  child.stdin.on('error', () => undefined); // it ended; the missing answer says so
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  const read = async (milliseconds) => {
    let timer;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, milliseconds, { late: true })));
    const failed = once(child, 'error').then(([error]) => ({ failed: error }));
    const line = await Promise.race([lines.next(), failed, late]);
    clearTimeout(timer);
    if (line.failed) throw line.failed;
    if (line.late) throw new Error(`no answer within ${milliseconds / 1e3} s\n${words}`);
    if (line.done) throw new Error(`the process ended\n${words}`);
    return JSON.parse(line.value);
  };
  const close = async () => {
    child.stdin.end();
    const ended = child.exitCode !== null || child.signalCode !== null || once(child, 'exit');
    let timer;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, CLOSE_MS)));
    await Promise.race([ended, late]);
    clearTimeout(timer);
    endGroup(child.pid);
  };
  try {
    await read(READY_MS);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    async measure(name, parameters) {
      if (name === 'idle') return idle(child.pid, parameters);
      child.stdin.write(`${JSON.stringify({ measure: name, with: parameters })}\n`);
      const answer = await read(ANSWER_MS);
      if (answer.error) throw new Error(answer.error);
      return answer.numbers;
    },
    close,
  };
}

async function idle(pid, { seconds }) {
  await new Promise((resolve) => setTimeout(resolve, seconds * 1e3));
  return { systemMegabytes: residentMegabytes(pid) };
}

/** Whatever is left of the process group; normally nothing. */
function endGroup(pid) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
