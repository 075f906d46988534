// What agents report about their machines. Authenticated by the signed ticket of any lease that the agent got, not by the token; a
// ticket for one certain agent speaks for that one only.
import express from 'express';
import type { Router } from 'express';
import { AgentId, CellfarmError, SamplePost } from '@cellfarm/protocol';
import type { Ticket } from '@cellfarm/protocol';
import type { IncomingMessage } from 'node:http';
import type { SampleBook } from '../../devices/sample-book.js';
import { parseBody } from '../parse-body.js';

export function sampleRoutes(
  book: SampleBook,
  ticketFor: (request: IncomingMessage, lease: string) => Ticket,
): Router {
  const router = express.Router();
  router.post(
    '/:lease/samples',
    (request, _response, next) => {
      ticketFor(request, request.params.lease);
      next();
    },
    express.json({ limit: '8mb' }),
    async (request, response) => {
      const ticket = ticketFor(request, request.params.lease);
      const agent = parseBody(AgentId, request.headers['x-cellfarm-agent']);
      if (ticket.agent !== null && ticket.agent !== agent)
        throw new CellfarmError('C5004', { detail: 'it is for another agent' });
      const gone = new AbortController();
      response.on('close', () => gone.abort());
      const receipt = await book.take(agent, parseBody(SamplePost, request.body), gone.signal);
      if (!response.destroyed) response.json(receipt);
    },
  );
  return router;
}
