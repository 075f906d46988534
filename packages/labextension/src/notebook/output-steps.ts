// The fewest changes that bring a cell's shown outputs up to what the run says, so that long text is appended and not
// drawn anew. Pure; `notebook-run` performs the steps.
import type { CellOutput } from '@cellfarm/protocol';

/** An output as it was when it was shown last. */
export interface ShownOutput {
  readonly output: CellOutput;
  /** Characters of a stream that are shown. */
  readonly length: number;
  /** What a display held; replaced as a whole when it is updated. */
  readonly data: unknown;
}

export type OutputStep =
  | { readonly type: 'clear' }
  | { readonly type: 'add'; readonly output: CellOutput }
  | { readonly type: 'set'; readonly at: number; readonly output: CellOutput };

export interface OutputChange {
  readonly steps: readonly OutputStep[];
  readonly shown: readonly ShownOutput[];
}

export function outputChange(before: readonly ShownOutput[], after: readonly CellOutput[]): OutputChange {
  const shown = after.map(shownOutput);
  if (before.some(({ output }, at) => output !== after[at])) {
    return { steps: [{ type: 'clear' }, ...after.map(add)], shown };
  }
  const changed = before.flatMap((earlier, at) => stepsFor(earlier, at));
  return { steps: [...changed, ...after.slice(before.length).map(add)], shown };
}

function stepsFor({ output, length, data }: ShownOutput, at: number): OutputStep[] {
  if (output.output_type === 'stream') {
    const rest = output.text.slice(length);
    return rest === '' ? [] : [add({ ...output, text: rest })];
  }
  return 'data' in output && output.data !== data ? [{ type: 'set', at, output }] : [];
}

function add(output: CellOutput): OutputStep {
  return { type: 'add', output };
}

function shownOutput(output: CellOutput): ShownOutput {
  return {
    output,
    length: output.output_type === 'stream' ? output.text.length : 0,
    data: 'data' in output ? output.data : null,
  };
}
