// The link that gives an order about one task.
import type { ReactElement } from 'react';
import { orderCaption, orderWord } from '../run/task-orders.js';
import type { TaskOrder } from '../run/task-orders.js';
import type { Words } from '../text/words.js';
import { LinkButton } from './button.js';

export interface OrderButtonProps {
  readonly order: TaskOrder | null;
  readonly onOrder: (order: TaskOrder) => void;
  readonly words: Words;
}

export function OrderButton({ order, onOrder, words }: OrderButtonProps): ReactElement | null {
  if (!order) return null;
  return (
    <span title={orderCaption(order, words)}>
      <LinkButton onClick={() => onOrder(order)}>{orderWord(order, words)}</LinkButton>
    </span>
  );
}
