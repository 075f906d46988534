// What may be written to standard error: colours only where a terminal shows them and nobody forbade them (NO_COLOR).

/** Control sequences of terminals: colours, and whatever else moves or marks. */
const SEQUENCE = new RegExp(`${String.fromCharCode(27)}\\[[0-?]*[ -/]*[@-~]`, 'g');

interface Screen {
  readonly isTTY?: boolean;
}

/** Whether colours are shown there. `NO_COLOR` counts when it is set to anything but nothing. */
export function showsColour(screen: Screen, env: Readonly<Record<string, string | undefined>>): boolean {
  return screen.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}

export function withoutColour(text: string): string {
  return text.replaceAll(SEQUENCE, '');
}

/** Writes lines to standard error, without colours where there should be none. */
export function sayError(text: string): void {
  const plain = showsColour(process.stderr, process.env) ? text : withoutColour(text);
  process.stderr.write(`${plain}\n`);
}
