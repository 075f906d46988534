// What every lease queue must do, whatever it waits in: a new implementation passes this suite with a factory of its
// own. Nothing here knows how a lease waits, and nothing depends on how long anything takes.
import { hostname } from 'node:os';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AgentInfo, type LeaseId } from '@cellfarm/protocol';
import { targetQueue, type LeaseQueue, type QueueName, type Taking } from '../lease-queue.js';
import { leaseOf } from '../ticket-lease.js';
import { leaseNumber, signedTestTicket } from './test-ticket.js';

/** Queues that see each other's leases, as a service and its agents do. */
export interface QueuesUnderTest {
  /** The same queue as another process would open it; an implementation within one process returns the one it has. */
  open(): Promise<LeaseQueue>;
  close(): Promise<void>;
}

const LOCAL = targetQueue('local' as never);
const OTHER = targetQueue('other' as never);

/** Holds leases until told to let them go, and remembers what it was given. */
class Holder {
  readonly given: LeaseId[] = [];
  private readonly holds = new Map<LeaseId, { signal: AbortSignal; settle: () => void }>();
  private readonly waiters: { readonly count: number; readonly resolve: () => void }[] = [];

  take(queue: LeaseQueue, queues: readonly QueueName[] = [LOCAL], concurrency = 16): Taking {
    return queue.take(queues, { concurrency }, (ticket, signal) => {
      const id = leaseOf(ticket);
      this.given.push(id);
      for (const waiter of this.waiters) if (this.given.length >= waiter.count) waiter.resolve();
      return new Promise((settle) => {
        this.holds.set(id, { signal, settle });
        signal.addEventListener('abort', () => settle());
      });
    });
  }

  /** Resolves when this many leases were given in all. */
  async hasBeenGiven(count: number): Promise<void> {
    if (this.given.length >= count) return;
    await new Promise<void>((resolve) => this.waiters.push({ count, resolve }));
  }

  letGo(...numbers: number[]): void {
    for (const number of numbers) this.holds.get(leaseNumber(number))?.settle();
  }

  isAborted(number: number): boolean {
    return this.holds.get(leaseNumber(number))?.signal.aborted ?? false;
  }
}

function ids(...numbers: number[]): LeaseId[] {
  return numbers.map(leaseNumber);
}

function agent(name: string): AgentInfo {
  const targets = ['local'];
  const size = { cpus: 4, memoryBytes: 2 ** 30, gpus: 0 };
  return AgentInfo.parse({
    agent: name,
    host: hostname(),
    pid: process.pid,
    targets,
    version: '0.1.0',
    ...size,
  });
}

/** Long enough for a lease to arrive that should not; nothing is asserted to be quick. */
function aWhile(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 150));
}

async function eventually(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** @param start gives queues that hold nothing yet */
export function describeLeaseQueue(name: string, start: () => Promise<QueuesUnderTest>): void {
  describe(`${name} is a lease queue`, () => {
    let queues: QueuesUnderTest;
    let service: LeaseQueue;
    let agents: LeaseQueue;
    let holder: Holder;
    beforeEach(async () => {
      queues = await start();
      service = await queues.open();
      agents = await queues.open();
      holder = new Holder();
    });
    afterEach(() => queues.close());

    async function offer(...numbers: number[]): Promise<void> {
      for (const number of numbers) await service.offer(LOCAL, signedTestTicket(number));
    }

    test('a lease that was offered is held, with its ticket unchanged', async () => {
      const got: unknown[] = [];
      const taking = agents.take([LOCAL], { concurrency: 1 }, (ticket) => {
        got.push(ticket);
        return Promise.resolve();
      });
      expect(await service.offer(LOCAL, signedTestTicket(1))).toEqual({ queue: LOCAL, id: leaseNumber(1) });
      await eventually(() => got.length > 0);
      expect(got).toEqual([signedTestTicket(1)]);
      await taking.stop({ drain: true });
    });

    test('leases wait for a taker, and the oldest is served first', async () => {
      await offer(1, 2, 3);
      const taking = holder.take(agents, [LOCAL], 1);
      for (const number of [1, 2, 3]) {
        await holder.hasBeenGiven(number);
        holder.letGo(number);
      }
      await taking.stop({ drain: true });
      expect(holder.given).toEqual(ids(1, 2, 3));
    });

    test('a lease that waits is not doubled by being offered again', async () => {
      await offer(1, 1, 1);
      const taking = holder.take(agents);
      await holder.hasBeenGiven(1);
      await aWhile();
      expect(holder.given).toEqual(ids(1));
      await taking.stop({ drain: false });
    });

    test('a lease that is held is not doubled by being offered again', async () => {
      const taking = holder.take(agents);
      await offer(1);
      await holder.hasBeenGiven(1);
      await offer(1, 2);
      await holder.hasBeenGiven(2);
      await aWhile();
      expect(holder.given).toEqual(ids(1, 2));
      await taking.stop({ drain: false });
    });

    test('a lease that is over can be offered again', async () => {
      const taking = holder.take(agents);
      await offer(1);
      await holder.hasBeenGiven(1);
      holder.letGo(1);
      await eventually(() => taking.held === 0);
      await eventually(async () => {
        await offer(1);
        return holder.given.length === 2;
      });
      expect(holder.given).toEqual(ids(1, 1));
      await taking.stop({ drain: false });
    });

    test('no more leases are held than wanted', async () => {
      const taking = holder.take(agents, [LOCAL], 2);
      await offer(1, 2, 3);
      await holder.hasBeenGiven(2);
      await aWhile();
      expect(taking.held).toBe(2);
      holder.letGo(holder.given[0] === leaseNumber(1) ? 1 : 2);
      await holder.hasBeenGiven(3);
      expect(taking.held).toBe(2);
      await taking.stop({ drain: false });
    });

    test('two takers share the leases, and none is held twice', async () => {
      const other = new Holder();
      const takings = [holder.take(agents), other.take(service)];
      const numbers = Array.from({ length: 24 }, (_, index) => index + 1);
      await offer(...numbers);
      await eventually(() => holder.given.length + other.given.length === numbers.length);
      expect([...holder.given, ...other.given].sort()).toEqual(ids(...numbers));
      await Promise.all(takings.map((taking) => taking.stop({ drain: false })));
    });

    test('a taker gets leases of the queues it named and no others', async () => {
      const taking = holder.take(agents, [OTHER]);
      await offer(1);
      await service.offer(OTHER, signedTestTicket(2));
      await holder.hasBeenGiven(1);
      await aWhile();
      expect(holder.given).toEqual(ids(2));
      await taking.stop({ drain: false });
    });

    test('a lease that waits can be withdrawn', async () => {
      await offer(1, 2);
      await service.withdraw({ queue: LOCAL, id: leaseNumber(1) });
      const taking = holder.take(agents);
      await holder.hasBeenGiven(1);
      await aWhile();
      expect(holder.given).toEqual(ids(2));
      await taking.stop({ drain: false });
    });

    test('withdrawing a lease that is held or unknown changes nothing', async () => {
      const taking = holder.take(agents);
      await offer(1);
      await holder.hasBeenGiven(1);
      await service.withdraw({ queue: LOCAL, id: leaseNumber(1) });
      await service.withdraw({ queue: LOCAL, id: leaseNumber(99) });
      expect(taking.held).toBe(1);
      expect(holder.isAborted(1)).toBe(false);
      await taking.stop({ drain: false });
    });

    test('a taking that stops at once aborts what it holds and takes no more', async () => {
      const taking = holder.take(agents);
      await offer(1);
      await holder.hasBeenGiven(1);
      await taking.stop({ drain: false });
      expect(holder.isAborted(1)).toBe(true);
      expect(taking.held).toBe(0);
      await offer(2);
      await aWhile();
      expect(holder.given).toEqual(ids(1));
    });

    test('a taking that drains lets its holds end by themselves', async () => {
      const taking = holder.take(agents);
      await offer(1);
      await holder.hasBeenGiven(1);
      let stopped = false;
      const stopping = taking.stop({ drain: true }).then(() => (stopped = true));
      await offer(2);
      await aWhile();
      expect([stopped, holder.isAborted(1), holder.given]).toEqual([false, false, ids(1)]);
      holder.letGo(1);
      await stopping;
      expect(taking.held).toBe(0);

      const other = new Holder();
      const next = other.take(service);
      await other.hasBeenGiven(1);
      expect(other.given).toEqual(ids(2));
      await next.stop({ drain: false });
    });

    test('a taking that drains can be stopped at once after all', async () => {
      const taking = holder.take(agents);
      await offer(1);
      await holder.hasBeenGiven(1);
      const draining = taking.stop({ drain: true });
      await taking.stop({ drain: false });
      await draining;
      expect(holder.isAborted(1)).toBe(true);
    });

    test('a hold that fails is told, and the lease is over', async () => {
      const errors: string[] = [];
      const onError = (error: Error): number => errors.push(error.message);
      const taking = agents.take([LOCAL], { concurrency: 1, onError }, () =>
        Promise.reject(new Error('no room')),
      );
      await offer(1);
      await eventually(() => errors.length > 0);
      expect(errors).toEqual(['no room']);
      await eventually(() => taking.held === 0);
      await taking.stop({ drain: true });
    });

    test('a ticket without a lease is refused', async () => {
      const ticket = { text: '{"lease": "../x"}', mac: '0'.repeat(64) };
      await expect(service.offer(LOCAL, ticket)).rejects.toMatchObject({ code: 'C5004' });
    });

    test('agents are listed from their announcement to its end, in the order of their ids', async () => {
      expect(await service.agents()).toEqual([]);
      const late = await agents.announce(agent('late'));
      const early = await agents.announce(agent('early'));
      expect(await service.agents()).toEqual([agent('early'), agent('late')]);
      await late.end();
      expect(await service.agents()).toEqual([agent('early')]);
      await early.end();
      await early.end();
      expect(await service.agents()).toEqual([]);
    });

    test('an agent announced again has its new facts', async () => {
      await agents.announce(agent('one'));
      await agents.announce({ ...agent('one'), cpus: 8 });
      expect(await service.agents()).toEqual([{ ...agent('one'), cpus: 8 }]);
    });

    test('says that it can be reached, and where it is', () => {
      expect(service.state().state).toBe('ok');
      expect(service.state().detail).not.toBe('');
    });
  });
}
