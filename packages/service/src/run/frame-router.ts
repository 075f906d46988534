// Hands each frame of a process to the dialogue it belongs to. Which frames a home, a worker and a shard may send is decided here; what
// they mean is not.
import { FRAME, ForkedMeta, InspectedMeta } from '@cellfarm/protocol';
import type { Frame } from '@cellfarm/protocol';
import type { AwayCells } from './away-cells.js';
import type { Closing } from './closing.js';
import type { Desk } from './desk.js';
import type { HomeDialogue } from './home-dialogue.js';
import type { Maps } from './maps.js';
import type { PassedObjects } from './passed-objects.js';
import { readMeta } from './read-meta.js';
import type { Slot, Slots } from './slots.js';

export interface Dialogues {
  readonly desk: Desk;
  readonly slots: Slots;
  readonly home: HomeDialogue;
  readonly away: AwayCells;
  readonly maps: Maps;
  readonly objects: PassedObjects;
  readonly closing: Closing;
}

export class FrameRouter {
  constructor(private readonly to: Dialogues) {}

  /** Frames that one chunk completed. Throws BadFrame for one that is malformed. */
  route(slot: Slot, frames: readonly Frame[]): void {
    for (const frame of frames) {
      if (slot.state === 'over') return;
      if (slot.part === 'home') this.fromHome(slot, frame);
      else this.fromAway(slot, frame);
    }
    this.to.maps.chunkRead();
  }

  private fromAway(slot: Slot, frame: Frame): void {
    const { home, away, maps, objects } = this.to;
    switch (frame.type) {
      case FRAME.result:
        if (slot.part === 'shard' || !away.result(frame, slot)) maps.result(frame, slot);
        return;
      case FRAME.output:
        away.output(frame);
        return;
      case FRAME.sealed:
        objects.sealed(frame);
        return;
      case FRAME.note:
        home.note(frame);
        return;
      default:
        this.unexpected(slot, frame);
    }
  }

  private fromHome(slot: Slot, frame: Frame): void {
    const { desk, slots, home, maps, objects, closing } = this.to;
    switch (frame.type) {
      case FRAME.output:
        home.output(frame);
        return;
      case FRAME.played:
        maps.cellOver();
        home.played(frame, slot);
        return;
      case FRAME.shipped:
        home.shipped(frame, slot);
        return;
      case FRAME.bound:
        home.bound(frame, slot);
        return;
      case FRAME.over:
        maps.over(frame, slot);
        return;
      case FRAME.items:
        maps.items(frame);
        return;
      case FRAME.mapClosed:
        maps.closed(frame);
        return;
      case FRAME.forked: {
        const { slot: number, refused } = readMeta(ForkedMeta, frame);
        if (refused !== null) slots.forkRefused(number, refused);
        return;
      }
      case FRAME.sealed:
        objects.sealed(frame);
        return;
      case FRAME.inspected:
        desk.emit({ type: 'run.variables', ...readMeta(InspectedMeta, frame) });
        closing.inspected();
        return;
      case FRAME.note:
        home.note(frame);
        return;
      default:
        this.unexpected(slot, frame);
    }
  }

  private unexpected(slot: Slot, frame: Frame): void {
    const { desk } = this.to;
    desk.log.warn({ run: desk.run, slot: slot.id, type: frame.type }, 'a frame that does not belong here');
  }
}
