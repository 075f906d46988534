// Follows objects that travel by their temporary id: once the writer has sealed one, what is kept and passed on carries the digest. The
// temporary id stays readable, so nobody who was given it has to be told. Never opens an object.
import { SealedMeta } from '@cellfarm/protocol';
import type { Digest, Frame, ObjectRef, RunId } from '@cellfarm/protocol';
import { isTempId } from '@cellfarm/artifacts';
import type { ObjectStore } from '@cellfarm/artifacts';
import type { RunJournal } from '../journal/run-journal.js';
import type { Log } from '../log.js';
import { readMeta } from './read-meta.js';

export class PassedObjects {
  private readonly digests = new Map<string, Digest>();

  constructor(
    private readonly run: RunId,
    private readonly journal: RunJournal,
    private readonly store: ObjectStore,
    private readonly log: Log,
  ) {}

  /** The reference to keep or to pass on: under its digest where that is known. */
  known(ref: ObjectRef): ObjectRef {
    const digest = this.digests.get(ref.id);
    return digest === undefined ? ref : { id: digest, size: ref.size };
  }

  /** A writer says `sealed`. */
  sealed(frame: Frame): void {
    const meta = readMeta(SealedMeta, frame);
    if (!isTempId(meta.id)) return;
    const digest = meta.digest as Digest;
    this.digests.set(meta.id, digest);
    this.journal.sealObject(this.run, meta.id, digest);
    this.store.seal(meta.id, digest).catch((cause: unknown) => {
      this.log.error({ err: cause, object: meta.id }, 'a sealed object is not in the store');
    });
  }
}
