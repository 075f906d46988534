// Folds the output messages of one notebook into nbformat outputs, as JupyterLab shows them: adjacent text joined,
// clear_output with and without wait, displays updated in place by their id.
import type { OutputMeta } from './worker-messages.js';

type Message = Omit<OutputMeta, 'cell'>;

/** One output in nbformat 4. */
export type CellOutput =
  | { output_type: 'stream'; name: string; text: string }
  | { output_type: 'display_data'; data: Record<string, unknown>; metadata: Record<string, unknown> }
  | {
      output_type: 'execute_result';
      data: Record<string, unknown>;
      metadata: Record<string, unknown>;
      execution_count: number | null;
    }
  | { output_type: 'error'; ename: string; evalue: string; traceback: string[] };

type Display = Extract<CellOutput, { data: unknown }>;

/** Outputs of all cells of a run. Mutable: one instance is fed every message in order. */
export class CellOutputs {
  private readonly byCell = new Map<number, CellOutput[]>();
  private readonly clearOnNext = new Set<number>();
  private readonly displays = new Map<string, Display[]>();

  of(cell: number): readonly CellOutput[] {
    return this.byCell.get(cell) ?? [];
  }

  /** Forgets what a cell showed (it is played again). */
  reset(cell: number): void {
    this.byCell.delete(cell);
    this.clearOnNext.delete(cell);
  }

  add(cell: number, message: Message): void {
    const content = message.content;
    if (message.type === 'clear_output') {
      if (content['wait']) this.clearOnNext.add(cell);
      else this.reset(cell);
      return;
    }
    const displayId = message.type === 'stream' ? null : displayIdOf(content);
    if (displayId !== null) this.updateDisplays(displayId, content);
    if (message.type === 'update_display_data') return;
    if (this.clearOnNext.has(cell)) this.reset(cell);
    const outputs = this.byCell.get(cell) ?? [];
    this.byCell.set(cell, outputs);
    const output = toOutput(message);
    const last = outputs.at(-1);
    if (output.output_type === 'stream' && last?.output_type === 'stream' && last.name === output.name) {
      last.text += output.text;
      return;
    }
    outputs.push(output);
    if (displayId !== null && 'data' in output) {
      this.displays.set(displayId, [...(this.displays.get(displayId) ?? []), output]);
    }
  }

  private updateDisplays(displayId: string, content: Message['content']): void {
    for (const shown of this.displays.get(displayId) ?? []) {
      shown.data = record(content['data']);
      shown.metadata = record(content['metadata']);
    }
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function displayIdOf(content: Message['content']): string | null {
  const id = record(content['transient'])['display_id'];
  return typeof id === 'string' ? id : null;
}

function toOutput(message: Message): CellOutput {
  const content = message.content;
  switch (message.type) {
    case 'stream':
      return { output_type: 'stream', name: String(content['name']), text: String(content['text']) };
    case 'error':
      return {
        output_type: 'error',
        ename: String(content['ename']),
        evalue: String(content['evalue']),
        traceback: Array.isArray(content['traceback']) ? content['traceback'].map(String) : [],
      };
    case 'execute_result':
      return {
        output_type: 'execute_result',
        data: record(content['data']),
        metadata: record(content['metadata']),
        execution_count: typeof content['execution_count'] === 'number' ? content['execution_count'] : null,
      };
    case 'display_data':
    case 'update_display_data':
    case 'clear_output':
      return {
        output_type: 'display_data',
        data: record(content['data']),
        metadata: record(content['metadata']),
      };
  }
}
