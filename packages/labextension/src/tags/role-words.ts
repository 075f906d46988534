// What each role does, in one sentence.
import type { Role } from '@cellfarm/protocol';
import type { Words } from '../text/words.js';

/** In the order in which they are offered. */
export function roleWords(words: Words): Readonly<Record<Role, string>> {
  return {
    auto: words.__('cellfarm decides and says why.'),
    load: words.__('Reads data; runs at home in order.'),
    preprocess: words.__('Prepares data; runs at home in order.'),
    map: words.__('Runs each element of the loop as its own task and puts the results back in order.'),
    reduce: words.__('Combines the results of a map, at home, in their order.'),
    stage: words.__('One step of a pipeline; in this version it runs as a plain cell.'),
    train: words.__('Trains a PyTorch model in several fresh processes at once, to what one would train.'),
    evaluate: words.__('Measures a trained model; does not change it.'),
    sequential: words.__('Never split; runs at home in order.'),
    local: words.__('Always at home.'),
    skip: words.__('Left out of distributed runs.'),
  };
}
