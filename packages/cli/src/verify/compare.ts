// Compares a sequential run with a distributed one: outputs of every code cell and the final variables. Pure.
import type { CellOutput } from '@cellfarm/protocol';
import { normaliseOutputs } from './normalise.js';

export interface Variable {
  readonly type: string;
  /** Structural digest; null where a value cannot be told (a lock, a generator). */
  readonly digest: string | null;
}

export interface PlayedNotebook {
  readonly cells: readonly {
    readonly cell_type: string;
    readonly execution_count?: number | null;
    readonly outputs?: readonly CellOutput[];
  }[];
  /** Null where the kernel was gone before it could be asked (the notebook called `exit()`). */
  readonly variables: Readonly<Record<string, Variable>> | null;
}

export interface Difference {
  /** Index of the cell; null for a variable. */
  readonly cell: number | null;
  /** Name of the variable; null for something of a cell. */
  readonly variable: string | null;
  readonly what: string;
  readonly sequential: string;
  readonly distributed: string;
}

const SHOWN_CHARS = 400;

/** Everything in which the two differ; empty when the runs gave the same answer. */
export function compareRuns(sequential: PlayedNotebook, distributed: PlayedNotebook): Difference[] {
  return [
    ...compareCells(sequential, distributed),
    ...compareVariables(sequential.variables, distributed.variables),
  ];
}

function compareCells(sequential: PlayedNotebook, distributed: PlayedNotebook): Difference[] {
  return sequential.cells.flatMap((cell, index) => {
    if (cell.cell_type !== 'code') return [];
    const other = distributed.cells[index];
    const differences: Difference[] = [];
    if ((cell.execution_count ?? null) !== (other?.execution_count ?? null)) {
      differences.push(
        difference(index, 'execution count', cell.execution_count ?? null, other?.execution_count ?? null),
      );
    }
    const a = normaliseOutputs(cell.outputs ?? []);
    const b = normaliseOutputs(other?.outputs ?? []);
    for (let i = 0; i < Math.max(a.length, b.length); i++) {
      if (JSON.stringify(a[i]) !== JSON.stringify(b[i])) {
        differences.push(difference(index, `output ${i + 1}`, a[i], b[i]));
        break;
      }
    }
    return differences;
  });
}

function compareVariables(a: PlayedNotebook['variables'], b: PlayedNotebook['variables']): Difference[] {
  if (a === null || b === null) return [];
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  return names.flatMap((name) => {
    const one = a[name];
    const other = b[name];
    if (one && other && one.type === other.type && one.digest === other.digest) return [];
    return [{ ...difference(null, `variable ${name}`, describe(one), describe(other)), variable: name }];
  });
}

function describe(variable: Variable | undefined): string {
  if (!variable) return 'is not there';
  return `${variable.type}, digest ${variable.digest?.slice(0, 12) ?? 'not tellable'}`;
}

function difference(
  cell: number | null,
  what: string,
  sequential: unknown,
  distributed: unknown,
): Difference {
  return { cell, variable: null, what, sequential: shown(sequential), distributed: shown(distributed) };
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}… (${text.length} characters)` : text;
}
