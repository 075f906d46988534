// The chip at the top right of a tagged cell.
import type { ReactElement } from 'react';
import { arrowIcon, lockIcon, targetIcons } from '../parts/icons.js';
import { StateIcon, StateText } from '../parts/state-icon.js';
import type { ShownState } from '../run/task-state.js';
import type { Words } from '../text/words.js';
import type { ChipView } from './chip-view.js';

export interface ChipProps {
  readonly view: ChipView;
  /** Role and icons only. */
  readonly compact: boolean;
  readonly onClick: () => void;
  readonly words: Words;
}

export function Chip({ view, compact, onClick, words }: ChipProps): ReactElement {
  const Target = view.icon === null ? null : targetIcons[view.icon];
  const said = words.__('Tags: role %1, target %2', view.role, view.target);
  return (
    <button
      type="button"
      className={`cellfarm-Chip${view.inCode ? ' cellfarm-mod-declared' : ''}`}
      title={view.inCode || said}
      aria-label={[said, view.inCode, view.stateText].filter(Boolean).join('. ')}
      onClick={onClick}
    >
      <span>
        {view.inCode ? <lockIcon.react tag="span" className="cellfarm-Icon" /> : null}
        <b>{view.role}</b>
        {compact ? null : <arrowIcon.react tag="span" className="cellfarm-Icon" />}
        {Target ? <Target.react tag="span" className="cellfarm-Icon" /> : null}
        {compact ? null : view.target}
      </span>
      {view.state === null ? null : <State state={view.state} text={compact ? '' : view.stateText} />}
    </button>
  );
}

function State({ state, text }: { state: ShownState; text: string }): ReactElement {
  return text === '' ? (
    <span className={`cellfarm-State cellfarm-${state}`}>
      <StateIcon state={state} />
    </span>
  ) : (
    <StateText state={state}>{text}</StateText>
  );
}
