import { expect, test } from 'vitest';
import { junitCounts, vitestCounts } from '../guards/test-reports.mjs';

const absent = () => {
  throw Object.assign(new Error('none'), { code: 'ENOENT' });
};

test("vitest's report is counted", () => {
  expect(vitestCounts(() => JSON.stringify({ numPassedTests: 5, numFailedTests: 2 }))).toEqual({
    passed: 5,
    failed: 2,
  });
});

test("pytest's report is counted, with errors as failures", () => {
  const xml =
    '<testsuites><testsuite name="pytest" errors="1" failures="2" skipped="3" tests="10" time="1"></testsuite>';
  expect(junitCounts(() => xml)).toEqual({ passed: 4, failed: 3 });
});

test('a report that was never written counts nothing', () => {
  expect([vitestCounts(absent), junitCounts(absent)]).toEqual([
    { passed: 0, failed: 0 },
    { passed: 0, failed: 0 },
  ]);
});
