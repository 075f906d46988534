// Writes compared rows as text that a person reads, in Markdown: a table a row, with a line for each system.

/** The whole report: one block a row. */
export function reportText(compared, systems) {
  return compared.map((row) => blockOf(row, systems)).join('\n');
}

function blockOf(row, systems) {
  const ours = systems.filter((system) => system.ours);
  const head = ['system', row.unit, 'min-max', ...ours.map((system) => `${system.title} is better by`)];
  const lines = row.cells.map((cell) => {
    const ratios = ours.map((mine) => {
      const ratio = row.ratios.find((each) => each.ours === mine.name && each.other === cell.system);
      return ratio ? `${figure(ratio.median)}x (${figure(ratio.least)}-${figure(ratio.most)})` : '';
    });
    const title = systems.find((system) => system.name === cell.system).title;
    return [title, figure(cell.median), `${figure(cell.least)}-${figure(cell.most)}`, ...ratios];
  });
  const body = lines.length > 0 ? tableText([head, ...lines]) : 'nothing was measured\n';
  const goals = row.goals.map((goal) => `- ${goalText(goal, row, systems)}\n`).join('');
  return `### ${row.name}: ${row.title} (${row.unit}, ${row.better} is better)\n\n${body}\n${goals}`;
}

function goalText(goal, row, systems) {
  const verdict = goal.met === null ? 'not measured' : goal.met ? 'met' : 'NOT MET';
  const must = goal.required ? 'required' : 'goal';
  if (goal.against === null) {
    const sign = row.better === 'more' ? '>=' : '<=';
    const found = goal.found === null ? '' : `, found ${figure(goal.found)}`;
    return `${must} ${sign} ${figure(goal.goal)} ${row.unit}${found}: ${verdict}`;
  }
  const peer = systems.find((system) => system.name === goal.against)?.title ?? goal.against;
  const found = goal.found === null ? '' : `, found ${figure(goal.found)}x`;
  return `${must} >= ${goal.atLeast}x ${peer}${found}: ${verdict}`;
}

function tableText(rows) {
  const widths = rows[0].map((_, column) => Math.max(3, ...rows.map((row) => row[column].length)));
  const line = (row) =>
    `| ${row.map((text, at) => (at === 0 ? text.padEnd(widths[at]) : text.padStart(widths[at]))).join(' | ')} |\n`;
  const rule = `|${widths.map((width, at) => (at === 0 ? `:${'-'.repeat(width + 1)}` : `${'-'.repeat(width + 1)}:`)).join('|')}|\n`;
  return line(rows[0]) + rule + rows.slice(1).map(line).join('');
}

/** A number with three digits that mean something. */
function figure(value) {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return Number(value.toPrecision(3)).toString();
}
