// Tickets reach the queue whatever happens to it, and are asked for again until somebody took them.
import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { AgentInfo, SignedTicket, Ticket } from '@cellfarm/protocol';
import { verify } from '@cellfarm/queue';
import type { LeaseQueue, QueueName, QueueState } from '@cellfarm/queue';
import { createLog } from '../../src/log.js';
import { LeaseBook } from '../../src/run/lease-book.js';
import type { LeaseHolder } from '../../src/run/lease-book.js';
import type { RunPlan } from '../../src/run/run-plan.js';

const KEY = randomBytes(32);
const PLAN = {
  run: 'r-0123456789abcdef',
  snapshot: { path: '/work folder/a.ipynb' },
  interpreter: { argv: ['/python', '-Xutf8'], env: { A: 'b' } },
} as unknown as RunPlan;
const WANTED = {
  slot: 'home',
  part: 'home',
  target: 'local',
  epoch: 3,
  nonce: '0'.repeat(32),
  resources: {},
  agent: null,
} as unknown as Parameters<ReturnType<LeaseBook['office']>['draw']>[0];

/** A queue that can be down, and that writes down what it is told. */
function fakeQueue(agents: AgentInfo[] = []) {
  const offered: { queue: QueueName; ticket: SignedTicket }[] = [];
  const withdrawn: string[] = [];
  const listeners: ((state: QueueState) => void)[] = [];
  let isDown = false;
  const queue = {
    kind: 'memory',
    offer: (name: QueueName, ticket: SignedTicket) => {
      if (isDown) return Promise.reject(new Error('down'));
      offered.push({ queue: name, ticket });
      return Promise.resolve({ queue: name, id: (JSON.parse(ticket.text) as Ticket).lease });
    },
    withdraw: ({ id }: { id: string }) => Promise.resolve(void withdrawn.push(id)),
    agents: () => Promise.resolve(agents),
    watch: (listener: (state: QueueState) => void) => {
      listeners.push(listener);
      return () => undefined;
    },
  } as unknown as LeaseQueue;
  const setDown = (down: boolean): void => {
    isDown = down;
    for (const listener of listeners) listener({ state: down ? 'down' : 'ok', detail: '' });
  };
  return { queue, offered, withdrawn, setDown };
}

const holderOf = (noAgent: LeaseHolder['noAgent'] = () => undefined): LeaseHolder => ({
  attach: () => undefined,
  exited: () => undefined,
  noAgent,
});

function bookOn(queue: LeaseQueue): LeaseBook {
  return new LeaseBook({
    queue,
    key: KEY,
    endpoint: { socket: '/s' },
    log: createLog(null),
    now: () => Date.now(),
  });
}

afterEach(() => vi.useRealTimers());
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the book of leases', () => {
  test('signs what the run and its interpreter are, and keeps secrets out of the ticket', async () => {
    const { queue, offered } = fakeQueue();
    const office = bookOn(queue).office(PLAN, holderOf());
    const ticket = office.draw(WANTED);
    office.offer(ticket);
    await settled();
    expect(offered[0]?.queue).toBe('target-local');
    expect(verify(offered[0]?.ticket, [KEY], Date.now())).toMatchObject({
      run: PLAN.run,
      epoch: 3,
      python: ['/python', '-Xutf8'],
      cwd: '/work folder',
      env: { A: 'b' },
      endpoint: { socket: '/s' },
    });
  });

  test('offers again when the queue comes back', async () => {
    const { queue, offered, setDown } = fakeQueue();
    const office = bookOn(queue).office(PLAN, holderOf());
    setDown(true);
    office.offer(office.draw(WANTED));
    await settled();
    expect(offered).toHaveLength(0);
    setDown(false);
    await settled();
    expect(offered).toHaveLength(1);
  });

  test('offers again while nobody took it, and not afterwards', async () => {
    vi.useFakeTimers({ toFake: ['setInterval'] });
    const { queue, offered } = fakeQueue();
    const office = bookOn(queue).office(PLAN, holderOf());
    const ticket = office.draw(WANTED);
    office.offer(ticket);
    vi.advanceTimersByTime(2_000);
    expect(offered).toHaveLength(2);
    office.taken(ticket.lease);
    vi.advanceTimersByTime(10_000);
    expect(offered).toHaveLength(2);
  });

  test('takes back a ticket that nobody took, and leaves one that is held to its stream', async () => {
    const { queue, withdrawn } = fakeQueue();
    const office = bookOn(queue).office(PLAN, holderOf());
    const [waiting, held] = [office.draw(WANTED), office.draw(WANTED)];
    office.offer(waiting);
    office.offer(held);
    await settled();
    office.taken(held.lease);
    office.end(waiting.lease);
    office.end(held.lease);
    expect(withdrawn).toEqual([waiting.lease]);
  });

  test('knows whose a ticket is until its lease is over, and not by its id alone', async () => {
    const { queue } = fakeQueue();
    const book = bookOn(queue);
    const holder = holderOf();
    const office = book.office(PLAN, holder);
    const ticket = office.draw(WANTED);
    office.offer(ticket);
    await settled();
    expect(book.holderOf(ticket)).toBe(holder);
    expect(book.holderOf({ ...ticket, nonce: '1'.repeat(32) })).toBeUndefined();
    office.end(ticket.lease);
    expect(book.holderOf(ticket)).toBeUndefined();
  });

  test('says when no agent serves the target of a waiting ticket', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'Date'] });
    const told: string[] = [];
    const { queue } = fakeQueue();
    const office = bookOn(queue).office(
      PLAN,
      holderOf((ticket) => void told.push(ticket.target)),
    );
    office.offer(office.draw(WANTED));
    vi.advanceTimersByTime(2_000);
    await settled();
    expect(told).toEqual([]);
    vi.advanceTimersByTime(6_000);
    await settled();
    expect(told).toContain('local');
  });
});
