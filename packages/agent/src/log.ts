// The agent's log: JSON lines on stderr or in a file. Nonces, signatures and tickets are cut out wherever they may stand.
import { type Logger, pino } from 'pino';

export type Log = Logger;

const SECRETS = ['nonce', 'mac', 'token', 'key', 'ticket', 'text'];

/** `path` null: stderr. */
export function createAgentLog(path: string | null): Log {
  const options = {
    base: { part: 'agent', pid: process.pid },
    redact: { paths: [...SECRETS, ...SECRETS.map((name) => `*.${name}`)], censor: '[cut]' },
  };
  return pino(options, pino.destination({ dest: path ?? 2, sync: true, ...(path && { mode: 0o600 }) }));
}

/** No log at all, for tests and embedding. */
export function silentLog(): Log {
  return pino({ enabled: false });
}
