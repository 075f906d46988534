// The slots of one run: offers a signed ticket for each, attaches the stream that its agent opens, greets the process behind it, and
// tells the scheduler when it is up or lost. What flows over a stream is the dialogues' business.
import { randomBytes } from 'node:crypto';
import { CellfarmError, FRAME, HelloMeta, PROTOCOL_VERSION } from '@cellfarm/protocol';
import type {
  AgentId,
  Frame,
  FrameFields,
  LeaseId,
  ProcessExit,
  SlotId,
  TargetName,
  TaskId,
  Ticket,
} from '@cellfarm/protocol';
import type { Instruction } from '@cellfarm/scheduler';
import type { Desk } from './desk.js';
import { describeExit } from './describe-exit.js';
import type { Duplex } from 'node:stream';
import { SlotStream } from './slot-stream.js';
import type { Entry } from './slot-stream.js';
import type { Outbox } from './outbox.js';
import { BadFrame, readMeta } from './read-meta.js';

type OpenSlot = Extract<Instruction, { type: 'open-slot' }>;

export const HOME = 'home' as SlotId;
const HOME_NUMBER = 0xffff;
/** Longest time from the open stream to `hello`, ms: a cold file system may be slow, nothing else should be. */
const HELLO_MS = 120_000;

/** One epoch of one slot. */
export interface Slot {
  readonly id: SlotId;
  readonly number: number;
  readonly epoch: number;
  readonly part: Ticket['part'];
  readonly target: TargetName;
  readonly map: TaskId | null;
  readonly ticket: Ticket;
  readonly since: number;
  /** `offered`: nobody took it yet; `attached`: its stream is open; `up`: its process said hello. */
  state: 'offered' | 'attached' | 'up' | 'ending' | 'over';
  agent: AgentId | null;
  stream: SlotStream | null;
  host: string;
  pid: number | null;
  /** How its process ended, where the agent has said so. */
  exit: ProcessExit | null;
  /** What was wrong with its stream; empty where nothing was. */
  fault: string;
}

/** What a run needs of the service to have processes. */
export interface LeaseOffice {
  /** Fills in lease, endpoint, interpreter and folder of a ticket for the run. */
  draw(slot: Pick<Ticket, 'slot' | 'part' | 'target' | 'epoch' | 'nonce' | 'resources' | 'agent'>): Ticket;
  /** Offers a ticket now, and again whenever the queue may have forgotten it, until it is taken back. */
  offer(ticket: Ticket): void;
  /** The ticket's stream is open. */
  taken(lease: LeaseId): void;
  /** The lease is over. */
  end(lease: LeaseId): void;
}

function helloIn(frame: Frame): HelloMeta | null {
  try {
    return readMeta(HelloMeta, frame);
  } catch (cause) {
    if (cause instanceof BadFrame) return null;
    throw cause;
  }
}

export interface SlotEvents {
  /** Frames of a process that said hello, in order. */
  frames(slot: Slot, frames: readonly Frame[]): void;
  /** A slot that was up is lost; called before the scheduler is told. */
  lost(slot: Slot): void;
  /** The process of a slot that was asked to end has ended. */
  ended(slot: Slot): void;
  /** Does what a stream brought about; a failure in it ends the run, not the service. */
  protect(act: () => void): void;
}

export class Slots {
  private readonly slots = new Map<SlotId, Slot>();

  constructor(
    private readonly desk: Desk,
    private readonly office: LeaseOffice,
    private readonly outbox: Outbox<Entry>,
    private readonly events: SlotEvents,
  ) {}

  get(id: SlotId): Slot | undefined {
    return this.slots.get(id);
  }

  /** The slot when that epoch of it is up; undefined otherwise. */
  up(id: SlotId, epoch: number): Slot | undefined {
    const slot = this.slots.get(id);
    return slot && slot.epoch === epoch && slot.state === 'up' ? slot : undefined;
  }

  home(): Slot | undefined {
    const slot = this.slots.get(HOME);
    return slot?.state === 'up' ? slot : undefined;
  }

  send(slot: Slot, fields: FrameFields): void {
    slot.stream?.send({ ...fields, slot: slot.number, epoch: slot.epoch });
  }

  /** Sends a frame whose content is settled when this turn is committed. */
  sendLater(slot: Slot, make: () => FrameFields): void {
    slot.stream?.send(() => ({ ...make(), slot: slot.number, epoch: slot.epoch }));
  }

  open(instruction: OpenSlot): void {
    const { slot: id, epoch, target, way, resources, map } = instruction;
    const part = way === 'home' ? 'home' : way === 'fork' ? 'shard' : 'worker';
    const agent = part === 'shard' ? (this.home()?.agent ?? null) : null;
    if (part === 'shard' && agent === null) {
      this.desk.tell({ type: 'slot-refused', slot: id, epoch, reason: 'home is not up' });
      return;
    }
    const nonce = randomBytes(16).toString('hex');
    const ticket = this.office.draw({ slot: id, part, target, epoch, nonce, resources, agent });
    this.desk.journal.grant(this.desk.run, id, epoch);
    this.slots.set(id, {
      id,
      number: id === HOME ? HOME_NUMBER : Number(id.slice(1)),
      epoch,
      part,
      target,
      map,
      ticket,
      since: this.desk.now(),
      state: 'offered',
      agent: null,
      stream: null,
      host: '',
      pid: null,
      exit: null,
      fault: '',
    });
    this.desk.journal.afterCommit(() => {
      if (this.current(ticket)?.state === 'offered') this.office.offer(ticket);
    });
  }

  /** The slot that a ticket is about, while its epoch lasts. */
  private current(ticket: Pick<Ticket, 'slot' | 'lease'>): Slot | undefined {
    const slot = this.slots.get(ticket.slot);
    return slot && slot.ticket.lease === ticket.lease && slot.state !== 'over' ? slot : undefined;
  }

  /** An agent asks for the stream of a ticket. Throws C5004 when the lease is over or has its stream already. */
  attach(ticket: Ticket, agent: AgentId, socket: Duplex, head: Uint8Array, accept: () => void): void {
    const slot = this.current(ticket);
    if (!slot || slot.state !== 'offered')
      throw new CellfarmError('C5004', { detail: 'its lease is over or taken' });
    accept();
    slot.state = 'attached';
    slot.agent = agent;
    slot.stream = new SlotStream(socket, this.outbox, {
      frames: (frames) => this.events.protect(() => this.receive(slot, frames)),
      closed: (reason) => this.events.protect(() => this.lose(slot, reason)),
    });
    this.office.taken(ticket.lease);
    this.expectHello(slot);
    if (slot.part === 'shard') this.askForFork(slot);
    if (head.byteLength > 0) slot.stream.receive(head);
  }

  /** A process that never says hello must not hold up the run. */
  private expectHello(slot: Slot): void {
    const giveUp = (): void => {
      if (slot.state === 'attached') this.refuse(slot, `it did not say hello within ${HELLO_MS / 1000} s`);
    };
    setTimeout(() => this.events.protect(giveUp), HELLO_MS).unref();
  }

  private askForFork(slot: Slot): void {
    const home = this.home();
    if (!home) {
      this.refuse(slot, 'home is not up');
      return;
    }
    this.send(home, { type: FRAME.fork, meta: { slot: slot.number, nonce: slot.ticket.nonce } });
  }

  /** Home would not fork. */
  forkRefused(number: number, reason: string): void {
    for (const slot of this.slots.values()) {
      if (slot.number === number && slot.part === 'shard' && slot.state === 'attached')
        this.refuse(slot, reason);
    }
  }

  /** Nobody takes the ticket, or the process behind it is none of ours. */
  refuse(slot: Slot, reason: string): void {
    if (slot.state === 'over') return;
    this.finish(slot);
    this.desk.log.warn({ run: this.desk.run, slot: slot.id, epoch: slot.epoch, reason }, 'slot refused');
    this.desk.tell({ type: 'slot-refused', slot: slot.id, epoch: slot.epoch, reason });
  }

  private receive(slot: Slot, frames: readonly Frame[]): void {
    if (slot.state === 'over') return;
    const [first, ...rest] = frames;
    if (slot.state !== 'attached') this.events.frames(slot, frames);
    else if (first && this.greet(slot, first) && rest.length > 0) this.events.frames(slot, rest);
  }

  /** The first frame must be a `hello` that fits the ticket. */
  private greet(slot: Slot, frame: Frame): boolean {
    const hello = frame.type === FRAME.hello ? helloIn(frame) : null;
    if (hello?.nonce !== slot.ticket.nonce || hello.part !== slot.part) {
      this.refuse(slot, 'it did not say hello as its ticket wants');
      return false;
    }
    const { pid, host, protocol } = hello;
    if (protocol !== PROTOCOL_VERSION) {
      const fields = { peer: slot.part, theirs: protocol, ours: PROTOCOL_VERSION };
      this.refuse(slot, new CellfarmError('C5007', fields).message);
      return false;
    }
    slot.state = 'up';
    Object.assign(slot, { pid, host });
    const agent = slot.agent ?? '';
    this.desk.emit({
      type: 'process.started',
      worker: slot.id,
      part: slot.part,
      pid,
      host,
      agent,
      epoch: slot.epoch,
    });
    this.desk.tell({ type: 'slot-opened', slot: slot.id, epoch: slot.epoch });
    return true;
  }

  /** How the process of a lease ended; its stream closes right after. */
  exited(ticket: Ticket, exit: ProcessExit): void {
    const slot = this.current(ticket);
    if (slot) slot.exit = exit;
  }

  private lose(slot: Slot, streamError: string): void {
    if (slot.state === 'over') return;
    slot.fault ||= streamError;
    const asked = slot.state === 'ending';
    const wasUp = slot.state === 'up';
    this.finish(slot);
    if (asked) {
      this.events.ended(slot);
      return;
    }
    const reason = describeExit(slot.exit, streamError);
    this.desk.log.warn({ run: this.desk.run, slot: slot.id, epoch: slot.epoch, reason }, 'slot lost');
    this.desk.emit({ type: 'process.lost', worker: slot.id, part: slot.part, epoch: slot.epoch, reason });
    if (wasUp) this.events.lost(slot);
    this.desk.tell({
      type: 'slot-lost',
      slot: slot.id,
      epoch: slot.epoch,
      cause: slot.exit?.oomKilled ? 'out-of-memory' : 'infrastructure',
    });
  }

  /** Gives up a process that does not speak as it should. */
  drop(slot: Slot, fault: string): void {
    if (slot.state === 'over') return;
    slot.fault = fault;
    this.lose(slot, fault);
  }

  /** Asks a process to end by itself; `ended` is called when it has. */
  end(slot: Slot): void {
    if (slot.state !== 'up') return;
    this.send(slot, { type: FRAME.end });
    slot.state = 'ending';
  }

  close(id: SlotId, epoch: number): void {
    const slot = this.slots.get(id);
    if (slot && slot.epoch === epoch) this.finish(slot);
  }

  /** Lets go of all processes without a further word to them. */
  dropAll(): void {
    for (const slot of this.slots.values()) slot.stream?.drop();
    this.closeAll();
  }

  closeAll(): void {
    for (const slot of this.slots.values()) this.finish(slot);
  }

  private finish(slot: Slot): void {
    if (slot.state === 'over') return;
    slot.state = 'over';
    slot.stream?.close();
    this.office.end(slot.ticket.lease);
  }
}
