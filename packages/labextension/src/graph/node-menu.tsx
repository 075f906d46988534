// The menu of one node, where the right mouse button was pressed: what may be done with its cell.
import { useEffect, useRef } from 'react';
import type { KeyboardEvent, ReactElement } from 'react';
import { orderCaption, orderWord } from '../run/task-orders.js';
import type { TaskOrder } from '../run/task-orders.js';
import type { Words } from '../text/words.js';

export interface NodeMenuProps {
  /** In pixels from the corner of the graph. */
  readonly place: { readonly left: number; readonly top: number };
  readonly order: TaskOrder | null;
  readonly onOrder: (order: TaskOrder) => void;
  readonly onShowCell: () => void;
  readonly onClose: () => void;
  readonly words: Words;
}

export function NodeMenu({ place, order, onOrder, onShowCell, onClose, words }: NodeMenuProps): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.querySelector('button')?.focus();
    const leave = (event: PointerEvent): void => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) onClose();
    };
    document.addEventListener('pointerdown', leave, true);
    return () => document.removeEventListener('pointerdown', leave, true);
  }, [onClose]);
  const act = (work: () => void) => (): void => {
    onClose();
    work();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key === 'Escape') onClose();
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') moveFocus(box.current, event);
  };
  return (
    <div
      className="cellfarm-NodeMenu"
      role="menu"
      aria-label={words.__('This task')}
      style={place}
      ref={box}
      onKeyDown={onKeyDown}
    >
      <button type="button" role="menuitem" onClick={act(onShowCell)}>
        {words.__('Show cell')}
      </button>
      {order ? (
        <button
          type="button"
          role="menuitem"
          title={orderCaption(order, words)}
          onClick={act(() => onOrder(order))}
        >
          {orderWord(order, words)}
        </button>
      ) : null}
    </div>
  );
}

function moveFocus(box: HTMLElement | null, event: KeyboardEvent): void {
  const items = [...(box?.querySelectorAll('button') ?? [])];
  const at = items.findIndex((item) => item === document.activeElement);
  const step = event.key === 'ArrowDown' ? 1 : -1;
  items[(at + step + items.length) % items.length]?.focus();
  event.preventDefault();
}
