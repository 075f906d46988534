// `npm run setup`: makes everything ready that developing and testing need, without starting anything.
import { endingInASentence } from './setup/problem.mjs';
import { setUp } from './setup/all.mjs';

await endingInASentence(() => setUp('test'));
