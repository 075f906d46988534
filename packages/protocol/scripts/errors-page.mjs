// The error catalogue as a page for people.

const EXITS = { 1: 'a cell raised', 2: 'bad input', 3: 'infrastructure', 130: 'cancelled' };
const cell = (text) => text.replaceAll('|', '\\|');

export function errorsPage(catalogue) {
  const rows = Object.entries(catalogue).map(
    ([code, { name, exit, message, hint }]) =>
      `| ${code} | ${name} | ${exit}: ${EXITS[exit]} | ${cell(message)} | ${cell(hint)} |`,
  );
  return [
    '# Errors',
    '',
    'Written from `src/errors.ts` by `npm run schema`. Codes are never reused; words in braces are filled in.',
    '',
    '| code | name | exit status | message | what to do |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
