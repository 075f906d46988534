// The task graph in Graphviz' language: `cellfarm compile --format dot`. Edges from cells not understood are dashed.
import type { Edge, Task, TaskGraph } from '@cellfarm/protocol';

const EDGE_COLOURS: Readonly<Record<Edge['kind'], string>> = {
  data: 'black',
  region: 'firebrick',
  order: 'grey70',
  io: 'darkorange',
  rng: 'purple',
  control: 'grey40',
};

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

function taskLabel(task: Task): string {
  const role = task.role === 'auto' ? '' : `\n${task.role}`;
  const over =
    task.over === null ? '' : `\nover ${task.over.length > 40 ? `${task.over.slice(0, 39)}…` : task.over}`;
  const target = task.target === 'auto' ? '' : `\n${task.target}`;
  return `${task.id}${role}${over}${target}`;
}

function taskLine(task: Task): string {
  const shape = task.skeleton === 'map' ? 'box3d' : task.skeleton === 'opaque' ? 'octagon' : 'box';
  const style = task.place === 'away' ? 'filled' : 'solid';
  return `  ${quoted(task.id)} [label=${quoted(taskLabel(task))}, shape=${shape}, style=${style}];`;
}

function edgeLine(edge: Edge): string {
  const style = edge.confidence === 'proved' ? 'solid' : 'dashed';
  const label = edge.names.join(', ');
  const tooltip = edge.reasons.map((reason) => reason.text).join('\n');
  return `  ${quoted(edge.from)} -> ${quoted(edge.to)} [label=${quoted(label)}, color=${EDGE_COLOURS[edge.kind]}, style=${style}, tooltip=${quoted(tooltip)}];`;
}

/** One `digraph`; the same graph always gives the same text. */
export function graphToDot(graph: TaskGraph): string {
  const lines = [
    `digraph ${quoted(graph.notebook.path)} {`,
    '  rankdir=TB;',
    '  node [fontname="sans-serif"];',
    ...graph.tasks.map(taskLine),
    ...graph.edges.map(edgeLine),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}
