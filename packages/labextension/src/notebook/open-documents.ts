// The notebooks that are open in this page, one entry for each document however many views it has: who writes the outputs
// of a run into it, what it was called, and whether an earlier run of it is still being looked for.
import type { RunModel } from '../run/run-model.js';
import type { RunStore } from '../run/run-store.js';
import { NotebookRun } from './notebook-run.js';
import type { NotebookContext } from './notebook-run.js';

interface OpenDocument {
  path: string;
  writer: NotebookRun | null;
  /** Settles when it is known whether an earlier run goes on. */
  welcomed: Promise<void>;
}

export interface OpenDocumentsOptions {
  readonly runs: RunStore;
  readonly onRenamed: (from: string, to: string) => void;
}

export class OpenDocuments {
  private readonly documents = new Map<NotebookContext, OpenDocument>();

  constructor(private readonly options: OpenDocumentsOptions) {}

  /** Welcomes a document when the first view of it opens; later views find it welcomed, or on the way. */
  meet(context: NotebookContext, welcome: () => Promise<void>): Promise<void> {
    const met = this.documents.get(context);
    if (met) return met.welcomed;
    const document: OpenDocument = { path: context.path, writer: null, welcomed: Promise.resolve() };
    this.documents.set(context, document);
    const renamed = (): void => this.renamed(document, context.path);
    context.pathChanged.connect(renamed);
    context.disposed.connect(() => {
      context.pathChanged.disconnect(renamed);
      this.documents.delete(context);
    });
    document.welcomed = welcome();
    return document.welcomed;
  }

  /** Resolves when the document is welcomed. */
  async welcomed(context: NotebookContext): Promise<void> {
    await this.documents.get(context)?.welcomed;
  }

  /**
   * Shows a run under the cells of a document, in place of what was shown before.
   *
   * @returns null where this run is shown already
   */
  show(context: NotebookContext, run: string): NotebookRun | null {
    const document = this.documents.get(context);
    if (document?.writer && !document.writer.isDisposed && document.writer.model.run === run) return null;
    document?.writer?.dispose();
    const model: RunModel = this.options.runs.attach(context.path, run, context);
    const writer = new NotebookRun(context, model);
    if (document) document.writer = writer;
    return writer;
  }

  private renamed(document: OpenDocument, to: string): void {
    const from = document.path;
    document.path = to;
    this.options.runs.move(from, to);
    this.options.onRenamed(from, to);
  }
}
