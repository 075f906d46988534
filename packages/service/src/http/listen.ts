// Binds the HTTP server: always a Unix socket, closed to other users, and TCP only where it was asked for. Where the socket lies is
// chosen by `placeSocket` of the queue package.
import { chmod } from 'node:fs/promises';
import type { Server } from 'node:http';

export interface TcpAddress {
  readonly host: string;
  readonly port: number;
}

export async function listenOnSocket(server: Server, path: string): Promise<void> {
  await listening(server, () => server.listen(path));
  await chmod(path, 0o600);
}

/** Port 0 takes any free port; the one taken is in the answer. */
export async function listenOnTcp(server: Server, wanted: TcpAddress): Promise<TcpAddress> {
  await listening(server, () => server.listen(wanted.port, wanted.host));
  const bound = server.address();
  return { host: wanted.host, port: typeof bound === 'object' && bound ? bound.port : wanted.port };
}

function listening(server: Server, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      server.off('error', reject);
      resolve();
    });
    listen();
  });
}
