// A field that narrows down what is shown beside it.
import type { ReactElement } from 'react';

export interface SearchFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Shown while it is empty. */
  readonly placeholder: string;
  /** What it narrows down, for screen readers. @default the placeholder */
  readonly label?: string;
  /** Further classes. */
  readonly className?: string;
}

export function SearchField(props: SearchFieldProps): ReactElement {
  const { value, onChange, placeholder, label = placeholder, className } = props;
  return (
    <input
      className={className === undefined ? 'cellfarm-Input' : `cellfarm-Input ${className}`}
      type="search"
      placeholder={placeholder}
      aria-label={label}
      value={value}
      onChange={({ target }) => onChange(target.value)}
    />
  );
}
