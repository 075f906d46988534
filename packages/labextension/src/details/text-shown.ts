// The lines of text that a cell has shown, colours taken out: what serves as the log of its tasks. Pure.
import type { CellOutput } from '@cellfarm/protocol';

const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

export function textShown(outputs: readonly CellOutput[]): string[] {
  const text = outputs.map(textOf).filter((part) => part !== '');
  return text.length === 0 ? [] : text.join('\n').replaceAll(COLOUR, '').replace(/\n+$/, '').split('\n');
}

function textOf(output: CellOutput): string {
  switch (output.output_type) {
    case 'stream':
      return output.text.replace(/\n$/, '');
    case 'error':
      return output.traceback.join('\n');
    case 'display_data':
    case 'execute_result': {
      const plain = output.data['text/plain'];
      return Array.isArray(plain) ? plain.join('') : typeof plain === 'string' ? plain : '';
    }
  }
}
