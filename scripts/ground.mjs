// The first half of `npm start`: refuses Windows and an old Node. The second half begins with the shell's `exec`, so that
// npm's signals reach the command instead of a shell between them; Windows has no such word and must not come to it.
import { endingInASentence, refuseForeignGround } from './setup/problem.mjs';

await endingInASentence(() => refuseForeignGround());
