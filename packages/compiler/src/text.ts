// The task graph for people: `cellfarm compile --format text`. One block a task with its facts, what it waits for and why;
// then loops and remarks.
import type { CellFacts, Diagnostic, Edge, LoopVerdict, Task, TaskGraph } from '@cellfarm/protocol';

function listed(word: string, names: readonly string[]): string[] {
  return names.length > 0 ? [`    ${word.padEnd(8)} ${names.join(', ')}`] : [];
}

function factLines(facts: CellFacts | undefined): string[] {
  if (!facts) return [];
  return [
    ...listed('reads', facts.reads),
    ...listed('writes', facts.writes),
    ...listed('changes', facts.mutates),
    ...listed('imports', facts.imports),
    ...listed('effects', facts.effects),
    ...(facts.barrier
      ? ['    barrier  everything before it is done first, nothing after it begins before']
      : []),
  ];
}

function edgeLines(edge: Edge): string[] {
  const names = edge.names.length > 0 ? ` ${edge.names.join(', ')}` : '';
  return [
    `    after    ${edge.from} (${edge.kind}${names}; ${edge.confidence})`,
    ...edge.reasons.map((reason) => `             ${reason.text}`),
  ];
}

function taskLines(task: Task, graph: TaskGraph): string[] {
  const words = [
    task.skeleton,
    task.place,
    ...(task.role === 'auto' ? [] : [`role ${task.role}`]),
    ...(task.target === 'auto' ? [] : [`target ${task.target}`]),
  ];
  const isCell = task.skeleton !== 'map';
  const facts = graph.cells.find((cell) => cell.index === task.cells[0]);
  return [
    `${task.id}  ${words.join(', ')}${task.over === null ? '' : `, over ${task.over}`}`,
    ...(isCell ? factLines(facts) : []),
    ...graph.edges.filter((edge) => edge.to === task.id).flatMap(edgeLines),
  ];
}

function loopLine(loop: LoopVerdict): string {
  const fix = loop.fix === null ? '' : `; to change that: ${loop.fix}`;
  return `  cell ${loop.cell} line ${loop.line}: ${loop.verdict} (${loop.confidence}), ${loop.reason.text}${fix}`;
}

function diagnosticLine(diagnostic: Diagnostic): string {
  const cell = diagnostic.cell === null ? '' : ` cell ${diagnostic.cell}`;
  const line = diagnostic.line === null ? '' : ` line ${diagnostic.line}`;
  return `  ${diagnostic.severity} ${diagnostic.code}${cell}${line}: ${diagnostic.message}. ${diagnostic.hint}`;
}

/** Lines for a terminal, ending with a newline; the same graph always gives the same text. */
export function graphToText(graph: TaskGraph): string {
  const skipped = graph.cells.filter((cell) => cell.status === 'skipped').map((cell) => `c${cell.index}`);
  const remarks = graph.diagnostics.filter(({ code }) => code !== 'C2103'); // those are said with the loops
  const lines = [
    `${graph.notebook.path}: ${graph.cells.length} cells, ${graph.tasks.length} tasks`,
    ...graph.tasks.flatMap((task) => ['', ...taskLines(task, graph)]),
    ...(skipped.length > 0 ? ['', `skipped: ${skipped.join(', ')}`] : []),
    ...(graph.loops.length > 0 ? ['', 'loops:', ...graph.loops.map(loopLine)] : []),
    ...(remarks.length > 0 ? ['', 'remarks:', ...remarks.map(diagnosticLine)] : []),
  ];
  return `${lines.join('\n')}\n`;
}
