// What agents report about the processes behind their leases. Authenticated by the lease's own signed ticket, not by the token.
import express from 'express';
import type { Router } from 'express';
import { ProcessExit } from '@cellfarm/protocol';
import type { Ticket } from '@cellfarm/protocol';
import type { IncomingMessage } from 'node:http';
import type { LeaseBook } from '../../run/lease-book.js';
import { parseBody } from '../parse-body.js';

export function leaseRoutes(
  leases: LeaseBook,
  ticketFor: (request: IncomingMessage, lease: string) => Ticket,
): Router {
  const router = express.Router();
  router.post(
    '/:lease/exit',
    (request, _response, next) => {
      ticketFor(request, request.params.lease);
      next();
    },
    express.json({ limit: '64kb' }),
    (request, response) => {
      const ticket = ticketFor(request, request.params.lease);
      const exit = parseBody(ProcessExit, request.body);
      leases.holderOf(ticket)?.exited(ticket, exit);
      response.status(202).json({});
    },
  );
  return router;
}
