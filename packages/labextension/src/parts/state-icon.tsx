// The icon of a state, and the icon with its word: a state is never told by colour alone.
import type { ReactElement } from 'react';
import type { ShownState } from '../run/task-state.js';

const circle = <circle className="cellfarm-o" cx="8" cy="8" r="6.2" />;
const SHAPES: Readonly<Record<ShownState | 'warning', ReactElement>> = {
  done: (
    <>
      <circle className="cellfarm-d" cx="8" cy="8" r="7" />
      <path className="cellfarm-g" d="M4.8 8.3l2.2 2.2 4.3-4.8" />
    </>
  ),
  reused: (
    <>
      {circle}
      <path className="cellfarm-o" d="M5.2 8.2l2 2 3.7-4.2" />
    </>
  ),
  running: (
    <>
      <circle className="cellfarm-o" cx="8" cy="8" r="6.2" opacity="0.35" />
      <path className="cellfarm-o cellfarm-turn" d="M8 1.8a6.2 6.2 0 0 1 6.2 6.2" />
      <circle className="cellfarm-d" cx="8" cy="8" r="2.3" />
    </>
  ),
  retrying: <path className="cellfarm-o" d="M13.6 8a5.6 5.6 0 1 1-1.8-4.1M12.2 1v3.2H9" />,
  failed: (
    <>
      <rect className="cellfarm-d" x="1.3" y="1.3" width="13.4" height="13.4" rx="2" />
      <path className="cellfarm-g" d="M5 5l6 6M11 5l-6 6" />
    </>
  ),
  waiting: (
    <>
      <circle className="cellfarm-o" cx="8" cy="8" r="6.2" strokeDasharray="2.4 2.4" />
      <path className="cellfarm-o" d="M8 5v3.2l2 1.2" />
    </>
  ),
  queued: (
    <>
      {circle}
      <path className="cellfarm-o" d="M5.2 8h.1M8 8h.1M10.8 8h.1" />
    </>
  ),
  cancelled: (
    <>
      {circle}
      <path className="cellfarm-o" d="M3.8 12.2l8.4-8.4" />
    </>
  ),
  'not-run': (
    <>
      {circle}
      <path className="cellfarm-o" d="M5 8h6" />
    </>
  ),
  warning: <path className="cellfarm-o" d="M8 2l6.3 11.5H1.7zM8 6.5v3M8 11.7v.1" />,
};

export function StateIcon({
  state,
  size = 14,
}: {
  state: ShownState | 'warning';
  size?: number;
}): ReactElement {
  return (
    <svg
      className={`cellfarm-StateIcon cellfarm-${state}`}
      width={size}
      height={size}
      viewBox="0 0 16 16"
      aria-hidden
    >
      {SHAPES[state]}
    </svg>
  );
}

/** Icon and words in the tone of the state. */
export function StateText({
  state,
  children,
}: {
  state: ShownState | 'warning';
  children: string;
}): ReactElement {
  return (
    <span className={`cellfarm-State cellfarm-${state}`}>
      <StateIcon state={state} />
      <span>{children}</span>
    </span>
  );
}
