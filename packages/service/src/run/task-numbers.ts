// Numbers the shards and away cells of a run for the headers of frames, from 1, never twice within one service.

export class TaskNumbers {
  private next = 1;

  /** The first of `count` numbers in a row. */
  take(count: number): number {
    const first = this.next;
    this.next += count;
    return first;
  }
}
