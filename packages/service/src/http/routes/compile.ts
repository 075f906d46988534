// Compiling over HTTP: a notebook's text in, its task graph out. Nothing is run and nothing is kept.
import express from 'express';
import type { Router } from 'express';
import { CompileRequest } from '@cellfarm/protocol';
import type { Runs } from '../../run/runs.js';
import { parseBody } from '../parse-body.js';

export function compileRoutes(runs: Runs): Router {
  const router = express.Router();
  router.post('/', express.json({ limit: '160mb' }), async (request, response) => {
    const { path, content } = parseBody(CompileRequest, request.body);
    response.json(await runs.compile(path, content));
  });
  return router;
}
