// What each role does, in one sentence.
import type { Role } from '@cellfarm/protocol';
import type { Words } from '../text/words.js';

/** In the order in which they are offered. */
export function roleWords(words: Words): Readonly<Record<Role, string>> {
  return {
    auto: words.__('cellfarm decides and says why.'),
    load: words.__('Reads data once; later runs reuse it while the files are unchanged.'),
    preprocess: words.__('Prepares data; reused while its inputs are unchanged.'),
    map: words.__('Runs each element of the loop as its own task and puts the results back in order.'),
    reduce: words.__('Combines the results of a map as they arrive.'),
    stage: words.__('One step of a pipeline; items flow through it one by one.'),
    train: words.__('Trains on several devices at once, in fresh processes, with checkpoints.'),
    evaluate: words.__('Measures a trained model; does not change it.'),
    sequential: words.__('Never split; runs at home in order.'),
    local: words.__('Always at home.'),
    skip: words.__('Left out of distributed runs.'),
  };
}
