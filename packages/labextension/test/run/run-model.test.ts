import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RunModel } from '../../src/run/run-model.js';
import { FakeService, away, noSuchRun } from '../fake-service.js';
import { events, started } from '../runs.js';
import { words } from '../words.js';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const finished = events([started, { type: 'run.finished', state: 'done', error: null }]);

test('a plan that is refused once is asked for again, and the run comes to its end here', async () => {
  const service = new FakeService();
  service.failure = away;
  const model = new RunModel('r-1', service.client, words);
  service.say(finished);
  await vi.advanceTimersByTimeAsync(100);
  expect(model.graph).toBeNull();
  expect(model.problem?.message).toBe('the service is starting');
  service.failure = null;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(model.graph).not.toBeNull();
  expect(model.problem).toBeNull();
  expect((await model.finished)?.state).toBe('done');
});

test('a plan is asked for less and less often', async () => {
  const service = new FakeService();
  service.failure = away;
  const model = new RunModel('r-1', service.client, words);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(service.asked).toBeLessThan(15);
  model.dispose();
  const { asked } = service;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(service.asked).toBe(asked);
});

test('a run that is gone is not asked for again', async () => {
  const service = new FakeService();
  service.failure = noSuchRun;
  const model = new RunModel('r-1', service.client, words);
  expect(await model.finished).toBeNull();
  expect(model.gone).toBe(true);
  expect(service.feeds[0]?.closed).toBe(true);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(service.asked).toBe(1);
  expect(service.feeds).toHaveLength(1);
});

test('a run that is deleted while it is looked at is told when the feed is cut', async () => {
  const service = new FakeService();
  const model = new RunModel('r-1', service.client, words);
  await vi.advanceTimersByTimeAsync(10);
  service.failure = noSuchRun;
  service.cut();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(model.gone).toBe(true);
  expect(service.feeds.length).toBeLessThan(3);
});

test('a cut alone is no end: the feed is opened again', async () => {
  const service = new FakeService();
  const model = new RunModel('r-1', service.client, words);
  await vi.advanceTimersByTimeAsync(10);
  service.failure = away;
  service.cut();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(model.gone).toBe(false);
  expect(service.feeds).toHaveLength(2);
});
