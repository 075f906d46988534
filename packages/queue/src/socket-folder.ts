// Chooses where a Unix socket lies: in the folder that was asked for, or, when that path is longer than the kernel's
// limit (104 bytes on macOS, 108 on Linux), in a new private folder with a short name.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The shorter of the two limits, less the terminating zero. */
export const LONGEST_SOCKET_PATH = 103;

export interface SocketPlace {
  readonly path: string;
  /** Removes a folder that was made for the socket alone. */
  remove(): void;
}

/** Both folders have mode 0700. `name` is the socket's file name. */
export function placeSocket(directory: string, name: string): SocketPlace {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const wanted = join(directory, name);
  if (Buffer.byteLength(wanted) <= LONGEST_SOCKET_PATH) return { path: wanted, remove: () => undefined };
  const folder = mkdtempSync(join(shortTmp(name), 'cellfarm-'));
  return { path: join(folder, name), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function shortTmp(name: string): string {
  const longest = Buffer.byteLength(join(tmpdir(), 'cellfarm-XXXXXX', name));
  return longest <= LONGEST_SOCKET_PATH ? tmpdir() : '/tmp';
}
