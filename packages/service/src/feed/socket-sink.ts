// A run's events over a WebSocket: one object a message, or with `batch` one array of objects for each turn. A slow reader is read from
// the journal as fast as it takes; nothing piles up here.
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { FeedSink, Subscription } from './run-feed.js';

const FULL_BYTES = 1 << 20;
/** Close codes: the run is finished; the client sent what it may not. */
const FINISHED = 1000;
const NOT_ALLOWED = 1008;

export function followOverSocket(
  socket: WebSocket,
  raw: Duplex,
  batch: boolean,
  follow: (sink: FeedSink) => Subscription,
): void {
  let subscription: Subscription | null = null;
  const sent = (): void => {
    if (socket.bufferedAmount < FULL_BYTES / 2) subscription?.ready();
  };
  const sink: FeedSink = {
    write: (events) => {
      const messages = batch ? [`[${events.join(',')}]`] : events;
      raw.cork();
      for (const message of messages) socket.send(message, sent);
      raw.uncork();
      return socket.bufferedAmount < FULL_BYTES;
    },
    end: () => socket.close(FINISHED),
  };
  socket.on('message', () => socket.close(NOT_ALLOWED));
  socket.on('error', () => socket.terminate());
  socket.on('close', () => subscription?.stop());
  subscription = follow(sink);
}
