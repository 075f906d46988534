// What each target has and what the open slots hold of it. Whole numbers throughout, so that what is given back is what was
// taken. Home is not in it: while a map is open home waits for its shards.
import { parseSize, type Resources } from '@cellfarm/protocol';
import type { Capacity } from './events.js';

/** CPU cores are counted in millionths. */
const MICRO = 1e6;

export interface Amount {
  readonly microCpus: number;
  readonly memoryBytes: number;
  readonly gpus: number;
}

interface Account {
  capacity: Amount;
  used: Amount;
  /** The capacity fell below what was in use; nothing is ended for that. */
  shrunk: boolean;
}

const NOTHING: Amount = { microCpus: 0, memoryBytes: 0, gpus: 0 };

function within(amount: Amount, room: Amount): boolean {
  return (
    amount.microCpus <= room.microCpus && amount.memoryBytes <= room.memoryBytes && amount.gpus <= room.gpus
  );
}
function plus(a: Amount, b: Amount, sign: 1 | -1): Amount {
  return {
    microCpus: a.microCpus + sign * b.microCpus,
    memoryBytes: a.memoryBytes + sign * b.memoryBytes,
    gpus: a.gpus + sign * b.gpus,
  };
}

export class ResourceLedger {
  private readonly accounts = new Map<string, Account>();

  /** `workers`: the slots that share each target. */
  constructor(private readonly workers: number) {}

  setCapacity(target: string, capacity: Capacity): void {
    const amount = {
      microCpus: Math.floor(capacity.cpus * MICRO),
      memoryBytes: Math.floor(capacity.memoryBytes),
      gpus: Math.floor(capacity.gpus),
    };
    const account = this.accounts.get(target);
    if (account === undefined) this.accounts.set(target, { capacity: amount, used: NOTHING, shrunk: false });
    else Object.assign(account, { capacity: amount, shrunk: !within(account.used, amount) });
  }

  targets(): IterableIterator<string> {
    return this.accounts.keys();
  }

  /** What a slot with these resources holds. Without `cpus`: one core, or an even share where the slots outnumber the cores. */
  amountOf(target: string, resources: Resources): Amount {
    const cores = this.accounts.get(target)?.capacity.microCpus ?? MICRO;
    const share = Math.min(MICRO, Math.floor(cores / Math.max(1, this.workers)));
    return {
      microCpus: resources.cpus === undefined ? share : Math.ceil(resources.cpus * MICRO),
      memoryBytes: resources.memory === undefined ? 0 : (parseSize(resources.memory) ?? 0),
      gpus: resources.gpus ?? 0,
    };
  }

  knows(target: string): boolean {
    return this.accounts.has(target);
  }

  /** Whether the target could hold it when empty. */
  canEverHold(target: string, amount: Amount): boolean {
    const account = this.accounts.get(target);
    return account !== undefined && within(amount, account.capacity);
  }

  /** Whether it fits now, once `released` is given back too. */
  fits(target: string, amount: Amount, released: Amount = NOTHING): boolean {
    const account = this.accounts.get(target);
    if (account === undefined) return false;
    return within(plus(account.used, amount, 1), plus(account.capacity, released, 1));
  }

  take(target: string, amount: Amount): void {
    const account = this.accounts.get(target);
    if (account) account.used = plus(account.used, amount, 1);
  }

  giveBack(target: string, amount: Amount): void {
    const account = this.accounts.get(target);
    if (account === undefined) return;
    account.used = plus(account.used, amount, -1);
    account.shrunk &&= !within(account.used, account.capacity);
  }

  /** False only if more was given out than there was. */
  withinCapacity(target: string): boolean {
    const account = this.accounts.get(target);
    return account === undefined || account.shrunk || within(account.used, account.capacity);
  }

  used(target: string): Amount {
    return this.accounts.get(target)?.used ?? NOTHING;
  }

  capacity(target: string): Amount {
    return this.accounts.get(target)?.capacity ?? NOTHING;
  }
}

/** Sum of two amounts. */
export function sum(a: Amount, b: Amount): Amount {
  return plus(a, b, 1);
}
export const NO_AMOUNT: Amount = NOTHING;
/** In words, for people: `2 cpus, 1 gpu`. */
export function amountInWords(amount: Amount): string {
  const parts = [
    amount.microCpus > 0 ? `${amount.microCpus / MICRO} cpus` : '',
    amount.memoryBytes > 0 ? `${amount.memoryBytes} bytes of memory` : '',
    amount.gpus > 0 ? `${amount.gpus} gpus` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}
