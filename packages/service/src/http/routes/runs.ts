// Runs over HTTP: start, list, look, follow, cancel, resume, retry. Translates and does nothing else.
import express from 'express';
import type { Router } from 'express';
import { ResumeRun, RetryRun, RunId, StartRun, TaskId } from '@cellfarm/protocol';
import { followAsLines } from '../../feed/lines-sink.js';
import type { Feeds } from '../../feed/feeds.js';
import type { Runs } from '../../run/runs.js';
import { parseBody } from '../parse-body.js';
import { afterOf, runOf } from '../query.js';

/** The id of a shard has a slash in it, which may come as it is. */
function taskOf(parts: readonly string[]): TaskId {
  return parseBody(TaskId, parts.join('/'));
}

/** A notebook of 64 MiB as a JSON string, escapes included. */
const START_LIMIT = '160mb';

export function runRoutes(runs: Runs, feeds: Feeds): Router {
  const router = express.Router();
  const body = express.json({ limit: START_LIMIT });
  router.post('/', body, async (request, response) => {
    response.status(202).json(await runs.start(parseBody(StartRun, request.body)));
  });
  router.get('/', (_request, response) => {
    response.json(runs.list());
  });
  router.param('run', (_request, _response, next, value) => {
    parseBody(RunId, value);
    next();
  });
  router.get('/:run', async (request, response) => {
    response.json(await runs.record(runOf(request.params.run)));
  });
  router.get('/:run/events', (request, response) => {
    const run = runOf(request.params.run);
    runs.check(run);
    followAsLines(feeds, run, afterOf(request.query['after']), request.query['follow'] === '1', response);
  });
  router.get('/:run/graph', async (request, response) => {
    response.json(await runs.graph(runOf(request.params.run)));
  });
  router.get('/:run/notebook', async (request, response) => {
    response.type('application/x-ipynb+json').send(await runs.executed(runOf(request.params.run)));
  });
  router.get('/:run/log', async (request, response) => {
    const lines = await runs.log(runOf(request.params.run));
    response.type('application/x-ndjson').send(lines.map((line) => `${line}\n`).join(''));
  });
  router.post('/:run/cancel', async (request, response) => {
    await runs.cancel(runOf(request.params.run));
    response.status(202).json({});
  });
  router.post('/:run/retry', body, async (request, response) => {
    const { startedBy } = parseBody(RetryRun, request.body ?? {});
    response.status(202).json(await runs.retry(runOf(request.params.run), startedBy ?? null));
  });
  router.post('/:run/tasks/*task/cancel', async (request, response) => {
    await runs.cancelTask(runOf(request.params.run), taskOf(request.params.task));
    response.status(202).json({});
  });
  router.post('/:run/tasks/*task/retry', async (request, response) => {
    await runs.retryTask(runOf(request.params.run), taskOf(request.params.task));
    response.status(202).json({});
  });
  router.post('/:run/delete', async (request, response) => {
    await runs.delete(runOf(request.params.run));
    response.status(202).json({});
  });
  router.post('/:run/resume', body, async (request, response) => {
    const { content } = parseBody(ResumeRun, request.body ?? {});
    const accepted = await runs.resume(runOf(request.params.run), content ?? null, 'it was asked to');
    response.status(202).json(accepted);
  });
  return router;
}
