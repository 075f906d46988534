// How the service is: degraded while its queue or its disk is in trouble.
import express from 'express';
import type { Router } from 'express';
import type { Health } from '@cellfarm/protocol';

export function healthRoutes(health: () => Health): Router {
  const router = express.Router();
  router.get('/', (_request, response) => {
    response.json(health());
  });
  return router;
}
