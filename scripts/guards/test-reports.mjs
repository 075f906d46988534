// Reads from the test runners' own reports how many tests passed and failed. A report that is not there counts nothing:
// then the runner's exit status speaks.

/** @param {() => string} read gives the text of vitest's JSON report; throws ENOENT where there is none */
export function vitestCounts(read) {
  const text = readIfThere(read);
  if (text === undefined) return { passed: 0, failed: 0 };
  const { numPassedTests, numFailedTests } = JSON.parse(text);
  return { passed: numPassedTests, failed: numFailedTests };
}

/** @param {() => string} read gives the text of a JUnit report, pytest's or Playwright's; throws ENOENT where there is none */
export function junitCounts(read) {
  const suites = [...(readIfThere(read) ?? '').matchAll(/<testsuite [^>]*>/g)].map(([tag]) => tag);
  const sum = (name) =>
    suites.reduce((total, tag) => total + Number(new RegExp(` ${name}="(\\d+)"`).exec(tag)?.[1] ?? 0), 0);
  const failed = sum('failures') + sum('errors');
  return { passed: sum('tests') - failed - sum('skipped'), failed };
}

function readIfThere(read) {
  try {
    return read();
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
