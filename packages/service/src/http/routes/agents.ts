// The agents that take work from this service's queue now, and what their machines did lately.
import express from 'express';
import type { Router } from 'express';
import { AgentId, CellfarmError } from '@cellfarm/protocol';
import type { Millis, SamplesAnswer } from '@cellfarm/protocol';
import type { LeaseQueue } from '@cellfarm/queue';
import type { SampleBook } from '../../devices/sample-book.js';
import { parseBody } from '../parse-body.js';

export function agentRoutes(queue: LeaseQueue, samples: SampleBook, now: () => Millis): Router {
  const router = express.Router();
  router.get('/', async (_request, response) => {
    response.json(await queue.agents());
  });
  router.get('/:agent/samples', (request, response) => {
    const agent = parseBody(AgentId, request.params.agent);
    const answer: SamplesAnswer = {
      now: now(),
      samples: samples.look(agent, timeOf(request.query['after'])),
    };
    response.json(answer);
  });
  return router;
}

/** Time of the last sample that the asker has; 0 when it says nothing. Throws C6003. */
function timeOf(text: unknown): Millis {
  if (text === undefined) return 0;
  if (typeof text === 'string' && /^\d{1,15}$/.test(text)) return Number(text);
  throw new CellfarmError('C6003', { detail: 'after: milliseconds since 1970' });
}
