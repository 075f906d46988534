// Which runs can be retried, and what that means in a sentence.
import type { RunSummary } from '@cellfarm/protocol';
import type { Words } from '../text/words.js';

/** A run that ended otherwise than it should. */
export function mayBeRetried(state: RunSummary['state']): boolean {
  return state === 'raised' || state === 'failed' || state === 'cancelled';
}

export function retryCaption(words: Words): string {
  return words.__(
    'Plays the notebook as it was then once more. What was computed is used again where it would come out the same.',
  );
}
