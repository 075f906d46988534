// `npm run check`: every guard of the project, one line each. All of them run; one that fails shows what it found.
import { passedAndFailed, runGuards } from './guards/all.mjs';
import { endingInASentence } from './setup/problem.mjs';
import { setUp } from './setup/all.mjs';

await endingInASentence(async () => {
  await setUp('test');
  const results = await runGuards();
  const { passed, failed } = passedAndFailed(results);
  process.stdout.write(`check: ${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
});
