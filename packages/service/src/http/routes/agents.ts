// The agents that take work from this service's queue now.
import express from 'express';
import type { Router } from 'express';
import type { LeaseQueue } from '@cellfarm/queue';

export function agentRoutes(queue: LeaseQueue): Router {
  const router = express.Router();
  router.get('/', async (_request, response) => {
    response.json(await queue.agents());
  });
  return router;
}
