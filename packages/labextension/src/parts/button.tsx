// Buttons and links of the panels, in the three weights that the panels use.
import type { ReactElement, ReactNode } from 'react';

export interface ButtonProps {
  readonly children: ReactNode;
  readonly onClick: () => void;
  readonly kind?: 'primary' | 'plain' | 'flat';
  readonly disabled?: boolean;
}

export function Button({ children, onClick, kind = 'plain', disabled = false }: ButtonProps): ReactElement {
  return (
    <button
      type="button"
      className={`cellfarm-Button cellfarm-mod-${kind}`}
      disabled={disabled}
      onClick={onClick}
    >
      {children}
    </button>
  );
}

export function LinkButton({ children, onClick }: Pick<ButtonProps, 'children' | 'onClick'>): ReactElement {
  return (
    <button type="button" className="cellfarm-Link" onClick={onClick}>
      {children}
    </button>
  );
}
