// Refuses a run whose targets nobody can serve, before it exists; those that no agent can ever serve are errors of the notebook
// itself. Pure.
import { CellfarmError, describe } from '@cellfarm/protocol';
import type { AgentInfo, Diagnostic, TargetName, TaskGraph } from '@cellfarm/protocol';

/** Served wherever a service runs. */
const AT_HOME: readonly string[] = ['auto', 'local'];
/** Known words whose backends come later. */
const WITHOUT_BACKEND: readonly string[] = ['docker', 'kubernetes', 'slurm'];

/** Throws C1105, with the cell where a tag asks for it. `agents` null: who takes work is not known yet, and asked again later. */
export function requireTargets(
  graph: TaskGraph,
  runTarget: TargetName,
  agents: readonly Pick<AgentInfo, 'targets'>[] | null,
): void {
  const check = (target: TargetName, cell: number | null): void => {
    const detail = whyNot(target, agents);
    if (detail !== null)
      throw new CellfarmError('C1105', { value: target, detail }, cell === null ? {} : { cell });
  };
  check(runTarget, null);
  for (const task of graph.tasks) check(task.target, task.cells[0] ?? null);
}

/** C1105 for each cell with a target that this version has no backend for. */
export function targetDiagnostics(graph: TaskGraph): Diagnostic[] {
  const found = new Map<string, Diagnostic>();
  for (const { target, cells } of graph.tasks) {
    const detail = whyNot(target, null);
    const cell = cells[0] ?? null;
    if (detail === null) continue;
    found.set(`${cell} ${target}`, {
      code: 'C1105',
      severity: 'error',
      cell,
      line: null,
      column: null,
      ...describe('C1105', { value: target, detail }),
    });
  }
  return [...found.values()];
}

function whyNot(target: string, agents: readonly Pick<AgentInfo, 'targets'>[] | null): string | null {
  if (AT_HOME.includes(target)) return null;
  const served = agents?.some((agent) => agent.targets.some((each) => each === target));
  if (served) return null;
  if (WITHOUT_BACKEND.includes(target)) return 'this version has no backend for it';
  return agents === null
    ? null
    : 'no agent takes its work (cellfarm agent --redis URL --target NAME starts one)';
}
