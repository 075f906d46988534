// The part of the sidebar that shows the tags which code itself says: read-only, each with the way to its line.
import type { ReactElement } from 'react';
import { LinkButton } from '../parts/button.js';
import { lockIcon } from '../parts/icons.js';
import type { Words } from '../text/words.js';
import type { Field, TagTexts } from './cell-tags.js';
import type { ChosenCell } from './facts.js';
import type { CodeTags } from './set-in-code.js';

export interface SetInCodeProps {
  readonly cells: readonly (ChosenCell & { readonly inCode: readonly CodeTags[] })[];
  readonly onLine: (cell: ChosenCell, line: number) => void;
  readonly words: Words;
}

export function SetInCode({ cells, onLine, words }: SetInCodeProps): ReactElement | null {
  const all = cells.flatMap((cell) => cell.inCode.map((said) => ({ cell, said })));
  if (all.length === 0) return null;
  return (
    <section className="cellfarm-InCode">
      <h3>
        <lockIcon.react tag="span" className="cellfarm-Icon" /> {words.__('Set in code')}
      </h3>
      <ul>
        {all.map(({ cell, said }) => (
          <li key={`${cell.id} ${said.line}`}>
            <div className="cellfarm-Row">
              <code>{said.by}</code>
              <span className="cellfarm-InCode-of">{said.of}</span>
              <span className="cellfarm-push">
                <LinkButton onClick={() => onLine(cell, said.line)}>
                  {words.__('Cell [%1], line %2', cell.number, said.line)}
                </LinkButton>
              </span>
            </div>
            <p className="cellfarm-Small cellfarm-muted">{tagWords(said.tags, words)}</p>
          </li>
        ))}
      </ul>
      <p className="cellfarm-Small cellfarm-muted">{words.__('Read-only here: change it in the code.')}</p>
    </section>
  );
}

/** "Role map, target Docker, 2 CPUs": what is not said is left out. */
function tagWords(tags: TagTexts, words: Words): string {
  const said: readonly [Field, string][] = [
    ['role', words.__('Role %1', tags.role)],
    ['target', words.__('Target %1', tags.target)],
    ['cpus', words.__('CPUs %1', tags.cpus)],
    ['gpus', words.__('GPUs %1', tags.gpus)],
    ['memory', words.__('Memory %1', tags.memory)],
    ['gpuMemory', words.__('GPU memory %1', tags.gpuMemory)],
    ['timeout', words.__('Timeout %1', tags.timeout)],
    ['retries', words.__('Retries %1', tags.retries)],
  ];
  return said
    .filter(([field]) => tags[field] !== '')
    .map(([, text]) => text)
    .join(' · ');
}
