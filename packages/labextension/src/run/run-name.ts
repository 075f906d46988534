// A run's short name: enough of its id to tell it from the others of a notebook.
export function runName(run: string): string {
  return `Run ${run.replace(/^r-/, '').slice(0, 4)}`;
}
