// The Tags sidebar: role, target and resources of the selected cells, one or many. A field is checked when it is left;
// until it can stand, the last good value stays in force.
import { useEffect, useState } from 'react';
import type { ReactElement } from 'react';
import { Button } from '../parts/button.js';
import { StateIcon } from '../parts/state-icon.js';
import type { Words } from '../text/words.js';
import type { Field, Merged, TagTexts } from './cell-tags.js';
import { FIELDS, mergeTags } from './cell-tags.js';
import { checkField } from './check-field.js';
import type { ChosenCell } from './facts.js';
import { roleWords } from './role-words.js';
import type { CodeTags } from './set-in-code.js';
import { SetInCode } from './set-in-code-list.js';

export interface TaggedCell extends ChosenCell {
  readonly tags: TagTexts;
  /** What its first line `%%cellfarm` says, which is not edited here; null where it has none. */
  readonly firstLine: TagTexts | null;
  readonly inCode: readonly CodeTags[];
}

export interface TagsPanelProps {
  readonly cells: readonly TaggedCell[];
  /** Names of targets to choose from, `auto` first. */
  readonly targets: readonly string[];
  /** What is known of the selected cells, in sentences. */
  readonly facts: readonly string[];
  /** True while a run of this notebook goes on. */
  readonly running: boolean;
  readonly onChange: (field: Field, text: string) => void;
  readonly onClear: () => void;
  /** Shows a line of a cell. */
  readonly onLine: (cell: ChosenCell, line: number) => void;
  readonly onExample: () => void;
  readonly words: Words;
}

export function TagsPanel(props: TagsPanelProps): ReactElement {
  const { cells, words } = props;
  if (cells.length === 0) return <NothingSelected {...props} />;
  const numbers = cells.map(({ number }) => `[${number}]`).join(', ');
  return (
    <div className="cellfarm-Tags">
      <section className="cellfarm-Tags-selection">
        <b>{words._n('%1 cell selected', '%1 cells selected', cells.length)}</b>{' '}
        <span className="cellfarm-muted">{numbers}</span>
      </section>
      <SetInCode {...props} />
      <Fields key={cells.map(({ id }) => id).join()} {...props} />
      {props.facts.length > 0 ? (
        <section>
          <h3>{words.__('Also on these cells')}</h3>
          {props.facts.map((fact) => (
            <p key={fact} className="cellfarm-Small cellfarm-muted">
              {fact}
            </p>
          ))}
        </section>
      ) : null}
    </div>
  );
}

function NothingSelected({ onExample, words }: TagsPanelProps): ReactElement {
  return (
    <div className="cellfarm-Tags">
      <section>
        <p>{words.__('Open a notebook and select a code cell to say what it is in a distributed run.')}</p>
        <ol className="cellfarm-Steps">
          <li>{words.__('Select a slow cell.')}</li>
          <li>{words.__('Choose a role here.')}</li>
          <li>{words.__('Press Distribute in the toolbar.')}</li>
        </ol>
        <Button kind="primary" onClick={onExample}>
          {words.__('Open example')}
        </Button>
      </section>
    </div>
  );
}

function Fields(props: TagsPanelProps): ReactElement {
  const { cells, targets, running, onChange, onClear, words } = props;
  const isSet = (field: Field): boolean => cells.some(({ firstLine }) => (firstLine?.[field] ?? '') !== '');
  const merged = mergeTags(cells.map(({ tags }) => tags));
  const roles = roleWords(words);
  const role = merged.role.kind === 'same' ? roles[merged.role.text as keyof typeof roles] : undefined;
  const anything = cells.some(({ tags, firstLine }) =>
    FIELDS.some((field) => tags[field] !== '' && tags[field] !== firstLine?.[field]),
  );
  const text = (field: Field, label: string, placeholder: string): ReactElement => (
    <TextField
      key={field}
      field={field}
      label={label}
      placeholder={placeholder}
      merged={merged[field]}
      numbers={cells.map(({ number }) => number)}
      onChange={onChange}
      disabled={isSet(field)}
      words={words}
    />
  );
  return (
    <>
      <section>
        <Choice
          label={words.__('Role')}
          merged={merged.role}
          options={Object.keys(roles)}
          disabled={isSet('role')}
          onChange={(value) => onChange('role', value)}
          words={words}
        />
        <p className="cellfarm-Small cellfarm-muted">
          {role ?? words.__('Choose one to give it to all of them.')}
        </p>
        <Choice
          label={words.__('Target')}
          merged={merged.target}
          options={targets}
          disabled={isSet('target')}
          onChange={(value) => onChange('target', value)}
          words={words}
        />
      </section>
      <section>
        <h3>{words.__('Resources for each task')}</h3>
        <div className="cellfarm-Tags-pair">
          {text('cpus', words.__('CPUs'), '1')}
          {text('gpus', words.__('GPUs'), '0')}
        </div>
        <div className="cellfarm-Tags-pair">
          {text('memory', words.__('Memory'), '8GiB')}
          {text('gpuMemory', words.__('GPU memory'), '16GiB')}
        </div>
        <div className="cellfarm-Tags-pair">
          {text('timeout', words.__('Timeout'), '30m')}
          {text('retries', words.__('Retries'), '0')}
        </div>
      </section>
      <section>
        {running ? (
          <p className="cellfarm-Small cellfarm-muted">
            {words.__('The run keeps the tags it started with. Changes count from the next run.')}
          </p>
        ) : null}
        <div className="cellfarm-Row">
          <Button onClick={onClear} disabled={!anything}>
            {words.__('Clear tags')}
          </Button>
          <span className="cellfarm-push cellfarm-Small cellfarm-muted">
            {words.__('Undo: Z in the notebook')}
          </span>
        </div>
      </section>
    </>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly merged: Merged;
  readonly options: readonly string[];
  readonly disabled: boolean;
  readonly onChange: (value: string) => void;
  readonly words: Words;
}

function Choice({ label, merged, options, disabled, onChange, words }: ChoiceProps): ReactElement {
  const current = merged.kind === 'same' ? merged.text : '';
  const all = current === '' || options.includes(current) ? options : [...options, current];
  return (
    <label className="cellfarm-Field">
      <span>{label}</span>
      <select
        className="cellfarm-Input"
        value={current}
        disabled={disabled}
        onChange={({ target }) => onChange(target.value)}
      >
        {merged.kind === 'mixed' ? (
          <option value="" disabled>
            {words.__('Mixed: %1', merged.texts.join(', '))}
          </option>
        ) : null}
        {all.map((option) => (
          <option key={option} value={option}>
            {option}
          </option>
        ))}
      </select>
    </label>
  );
}

interface TextFieldProps {
  readonly field: Field;
  readonly label: string;
  readonly placeholder: string;
  readonly merged: Merged;
  readonly numbers: readonly number[];
  readonly disabled: boolean;
  readonly onChange: (field: Field, text: string) => void;
  readonly words: Words;
}

function TextField(props: TextFieldProps): ReactElement {
  const { field, label, placeholder, merged, numbers, disabled, onChange, words } = props;
  const inForce = merged.kind === 'same' ? merged.text : '';
  const [text, setText] = useState(inForce);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    setText(inForce);
    setError(null);
  }, [inForce]);
  const leave = (): void => {
    if (text === inForce) {
      setError(null);
      return;
    }
    const found = checkField(field, text, words);
    setError(found);
    if (found === null) onChange(field, text.trim());
  };
  const keeps = inForce === '' ? null : words.__('%1 keeps %2 until then.', cellsOf(numbers), inForce);
  const id = `cellfarm-tag-${field}`;
  return (
    <div className="cellfarm-Field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="cellfarm-Input"
        value={text}
        disabled={disabled}
        placeholder={
          merged.kind === 'mixed'
            ? words.__('Mixed: %1', merged.texts.filter(Boolean).join(', '))
            : placeholder
        }
        aria-invalid={error !== null}
        aria-describedby={error === null ? undefined : `${id}-error`}
        onChange={({ target }) => setText(target.value)}
        onBlur={leave}
        onKeyDown={({ key }) => {
          if (key === 'Enter') leave();
          if (key === 'Escape') setText(inForce);
        }}
      />
      {error === null ? null : (
        <span className="cellfarm-FieldError cellfarm-failed" id={`${id}-error`} role="alert">
          <StateIcon state="failed" size={12} />
          <span>{[error, keeps].filter((part) => part !== null).join(' ')}</span>
        </span>
      )}
    </div>
  );
}

function cellsOf(numbers: readonly number[]): string {
  return `[${numbers.join(', ')}]`;
}
