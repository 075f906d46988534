// The express application: one guard before everything, JSON only, one error handler after everything. Upgrades are `upgrade.ts`.
import express from 'express';
import type { Express, NextFunction, Request, Response } from 'express';
import helmet from 'helmet';
import { CellfarmError } from '@cellfarm/protocol';
import type { Health, Millis, Ticket } from '@cellfarm/protocol';
import type { ObjectStore } from '@cellfarm/artifacts';
import type { LeaseQueue } from '@cellfarm/queue';
import type { IncomingMessage } from 'node:http';
import type { SampleBook } from '../devices/sample-book.js';
import type { Feeds } from '../feed/feeds.js';
import type { Log } from '../log.js';
import type { LeaseBook } from '../run/lease-book.js';
import type { Runs } from '../run/runs.js';
import { errorHandler, sendError } from './error-response.js';
import type { Guard } from './guard.js';
import { agentRoutes } from './routes/agents.js';
import { compileRoutes } from './routes/compile.js';
import { healthRoutes } from './routes/health.js';
import { leaseRoutes } from './routes/leases.js';
import { objectRoutes } from './routes/objects.js';
import { runRoutes } from './routes/runs.js';
import { sampleRoutes } from './routes/samples.js';

export interface AppParts {
  readonly guard: Guard;
  readonly runs: Runs;
  readonly feeds: Feeds;
  readonly leases: LeaseBook;
  readonly objects: ObjectStore;
  readonly queue: LeaseQueue;
  readonly samples: SampleBook;
  readonly log: Log;
  readonly logPath: string;
  now(): Millis;
  health(): Health;
  /** The verified ticket of a request. Throws C5004. */
  ticketFor(request: IncomingMessage, lease: string): Ticket;
}

export function createApp(parts: AppParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use((request: Request, response: Response, next: NextFunction) => {
    const refusal = parts.guard(request, false);
    if (refusal) sendError(response, refusal.status, refusal.error.report);
    else next();
  });
  app.use(helmet({ contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"] } } }));
  app.use('/v1/runs', runRoutes(parts.runs, parts.feeds));
  app.use('/v1/compile', compileRoutes(parts.runs));
  app.use('/v1/objects', objectRoutes(parts.objects));
  app.use(
    '/v1/agents',
    agentRoutes(parts.queue, parts.samples, () => parts.now()),
  );
  app.use(
    '/v1/health',
    healthRoutes(() => parts.health()),
  );
  app.use(
    '/v1/leases',
    leaseRoutes(parts.leases, (request, lease) => parts.ticketFor(request, lease)),
  );
  app.use(
    '/v1/leases',
    sampleRoutes(parts.samples, (request, lease) => parts.ticketFor(request, lease)),
  );
  app.use((_request: Request, _response: Response, next: NextFunction) => {
    next(new CellfarmError('C6004', { path: 'this path' }));
  });
  app.use(errorHandler(parts.log, parts.logPath));
  return app;
}
