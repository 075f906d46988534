// A run's events as lines of JSON in an HTTP answer: what there is, or, when the asker follows, everything until the run is finished.
import type { Response } from 'express';
import type { RunId } from '@cellfarm/protocol';
import type { Feeds } from './feeds.js';
import type { FeedSink, Subscription } from './run-feed.js';

export function followAsLines(
  feeds: Feeds,
  run: RunId,
  after: number,
  follow: boolean,
  response: Response,
): void {
  response.status(200).type('application/x-ndjson');
  response.setHeader('cache-control', 'no-store');
  response.flushHeaders();
  const sink: FeedSink = {
    write: (events) => response.write(events.map((event) => `${event}\n`).join('')),
    end: () => response.end(),
  };
  const subscription = feeds.follow(run, after, sink);
  response.on('drain', () => {
    subscription.ready();
    if (!follow) endWhenCurrent(subscription, response);
  });
  response.on('close', () => subscription.stop());
  if (!follow) endWhenCurrent(subscription, response);
}

function endWhenCurrent(subscription: Subscription, response: Response): void {
  if (!subscription.isReady) return;
  subscription.stop();
  response.end();
}
