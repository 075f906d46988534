import { Signal } from '@lumino/signaling';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { NotebookContext } from '../../src/notebook/notebook-run.js';
import { OpenDocuments } from '../../src/notebook/open-documents.js';
import { RunStore } from '../../src/run/run-store.js';
import { FakeService, away } from '../fake-service.js';
import { events, started } from '../runs.js';
import { words } from '../words.js';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A code cell as far as outputs are written into it. */
class FakeCell {
  readonly type = 'code';
  readonly sharedModel = { transact: (work: () => void) => work() };
  readonly outputs = {
    all: [] as { text?: string }[],
    add: (output: object) => this.outputs.all.push(output),
    clear: () => (this.outputs.all.length = 0),
  };
  constructor(readonly id: string) {}
  clearExecution(): void {
    this.outputs.clear();
  }
  get text(): string {
    return this.outputs.all.map(({ text }) => text).join('');
  }
}

class FakeDocument {
  path = 'a.ipynb';
  isDisposed = false;
  readonly pathChanged = new Signal<this, string>(this);
  readonly disposed = new Signal<this, void>(this);
  readonly model;
  constructor(nbformatMinor: number, ...ids: string[]) {
    this.model = { nbformat: 4, nbformatMinor, cells: ids.map((id) => new FakeCell(id)) };
  }
  get context(): NotebookContext {
    return this as unknown as NotebookContext;
  }
  rename(path: string): void {
    this.path = path;
    this.pathChanged.emit(path);
  }
  texts(): string[] {
    return this.model.cells.map(({ text }) => text);
  }
}

const says = (cell: number, text: string) => ({
  type: 'cell.output' as const,
  cell,
  output: { type: 'stream' as const, content: { name: 'stdout', text } },
});
const run = events([
  started,
  { type: 'cell.started', cell: 2, executionCount: 1 },
  says(2, 'hello'),
  { type: 'cell.finished', cell: 2, state: 'ok', durationMs: 1 },
  { type: 'run.finished', state: 'done', error: null },
] as unknown as Parameters<typeof events>[0]);

function open(service: FakeService) {
  const runs = new RunStore(service.client, words);
  const renamed: string[][] = [];
  const documents = new OpenDocuments({ runs, onRenamed: (from, to) => renamed.push([from, to]) });
  return { runs, documents, renamed };
}

const IDS = ['id-0', 'id-1', 'id-2', 'id-3'];

test('two views of one document have one writer, and outputs come once', async () => {
  const service = new FakeService();
  const { documents } = open(service);
  const document = new FakeDocument(5, ...IDS);
  const welcome = vi.fn(async () => undefined);
  await documents.meet(document.context, welcome);
  await documents.meet(document.context, welcome);
  expect(welcome).toHaveBeenCalledTimes(1);
  expect(documents.show(document.context, 'r-1')).not.toBeNull();
  expect(documents.show(document.context, 'r-1')).toBeNull();
  await vi.advanceTimersByTimeAsync(10);
  service.say(run);
  await vi.advanceTimersByTimeAsync(500);
  expect(document.texts()).toEqual(['', '', 'hello', '']);
});

test('the run that is shown last is the only one that writes', async () => {
  const service = new FakeService();
  const { documents } = open(service);
  const document = new FakeDocument(5, ...IDS);
  await documents.meet(document.context, async () => undefined);
  const first = documents.show(document.context, 'r-1');
  const second = documents.show(document.context, 'r-2');
  expect(first?.isDisposed).toBe(true);
  expect(second?.isDisposed).toBe(false);
});

test('outputs that came while the plan was refused are shown when it is here', async () => {
  const service = new FakeService();
  service.failure = away;
  const { documents } = open(service);
  const document = new FakeDocument(5, ...IDS);
  await documents.meet(document.context, async () => undefined);
  const shown = documents.show(document.context, 'r-1');
  await vi.advanceTimersByTimeAsync(10);
  service.say(run);
  await vi.advanceTimersByTimeAsync(200);
  expect(document.texts()).toEqual(['', '', '', '']);
  service.failure = null;
  await vi.advanceTimersByTimeAsync(2_000);
  shown?.finish();
  expect(document.texts()).toEqual(['', '', 'hello', '']);
});

test('a file without ids has its outputs by position, and keeps to the cell when others are added before it', async () => {
  const service = new FakeService();
  service.cells = service.cells.map((cell) => ({ ...cell, id: undefined }));
  const { documents } = open(service);
  const document = new FakeDocument(4, 'p', 'q', 'r', 's');
  await documents.meet(document.context, async () => undefined);
  documents.show(document.context, 'r-1');
  await vi.advanceTimersByTimeAsync(300);
  document.model.cells.unshift(new FakeCell('new'));
  service.say(run);
  await vi.advanceTimersByTimeAsync(500);
  expect(document.texts()).toEqual(['', '', '', 'hello', '']);
});

test('a document that is renamed in mid-run goes on to show its run', async () => {
  const service = new FakeService();
  const { documents, runs, renamed } = open(service);
  const document = new FakeDocument(5, ...IDS);
  await documents.meet(document.context, async () => undefined);
  const shown = documents.show(document.context, 'r-1');
  document.rename('b.ipynb');
  expect(runs.latestOf('b.ipynb')).toBe(shown?.model);
  expect(renamed).toEqual([['a.ipynb', 'b.ipynb']]);
  await vi.advanceTimersByTimeAsync(10);
  service.say(run);
  await vi.advanceTimersByTimeAsync(500);
  expect(document.texts()[2]).toBe('hello');
});
