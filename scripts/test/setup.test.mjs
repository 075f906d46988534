import { delimiter, dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { failed } from '../setup/command.mjs';
import { installed } from '../setup/npm-packages.mjs';
import { Problem, refuseForeignGround } from '../setup/problem.mjs';
import { findPython } from '../setup/python.mjs';
import { onPath } from '../setup/system-package.mjs';

const python = (minor, more = {}) => ({
  program: `/py3${minor}`,
  major: 3,
  minor,
  venv: true,
  pip: true,
  ...more,
});
const machineWith = (programs) => (name) => programs[name];

describe('the Python that makes the environment', () => {
  test("is the user's own python3 where it fits", () => {
    const look = machineWith({ python3: python(11), 'python3.13': python(13) });
    expect(findPython(look).program).toBe('/py311');
  });

  test('is a fitting one beside a python3 that is too old or too new', () => {
    expect(findPython(machineWith({ python3: python(9), 'python3.12': python(12) })).minor).toBe(12);
    expect(findPython(machineWith({ python3: python(14), 'python3.10': python(10) })).minor).toBe(10);
  });

  test('too old is refused in one sentence that names it and says what to install', () => {
    const find = () => findPython(machineWith({ python3: python(9) }));
    expect(find).toThrow(Problem);
    expect(find).toThrow(
      /Python 3\.10 to 3\.13 is needed, and the one on PATH is 3\.9: install one \(.*apt-get install python3/,
    );
  });

  test('missing is refused in one sentence that says what to install', () => {
    expect(() => findPython(machineWith({}))).toThrow(/is needed, and there is none on PATH: install one/);
  });

  test('without venv is refused with the name of the Debian package', () => {
    const look = machineWith({ python3: python(11, { venv: false }) });
    expect(() => findPython(look)).toThrow(/apt-get install python3\.11-venv/);
  });
});

describe('a step that fails says in one sentence', () => {
  test.each([
    ['no network', 'npm error code EAI_AGAIN', /does not answer; connect to the network/],
    [
      'no network',
      'ERROR: No matching distribution found for numpy',
      /does not answer; connect to the network/,
    ],
    ['no permission', "EACCES: permission denied, mkdir '/x'", /no permission to write to .*chown/],
    ['a full disk', 'OSError: [Errno 28] No space left on device', /the disk is full; free about/],
    ['anything else', 'first\nlast words', /last words/],
  ])('that there is %s (%s)', (_what, output, sentence) => {
    expect(failed('install things', output)).toBeInstanceOf(Problem);
    expect(failed('install things', output).message).toMatch(sentence);
    expect(failed('install things', output).message).toMatch(/^could not install things/);
  });
});

describe('npm packages count as installed', () => {
  const lock = {
    '': { name: 'root' },
    'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/@cellfarm/cli': { resolved: 'packages/cli', link: true },
    'node_modules/only-mac': {
      version: '1.0.0',
      integrity: 'sha512-m',
      os: ['darwin'],
      cpu: ['arm64'],
      optional: true,
    },
  };
  const onLinux = { ...lock };
  delete onLinux['node_modules/only-mac'];

  test('when all that this machine wants is there at its version', () => {
    expect(installed(lock, onLinux, 'linux', 'x64')).toBe(true);
  });

  test("not when another machine's record was copied here", () => {
    expect(installed(lock, onLinux, 'darwin', 'arm64')).toBe(false);
  });

  test('not when a version differs or a package is missing', () => {
    const other = { ...onLinux, 'node_modules/a': { version: '1.0.1', integrity: 'sha512-b' } };
    expect(installed(lock, other, 'linux', 'x64')).toBe(false);
    expect(installed(lock, {}, 'linux', 'x64')).toBe(false);
  });
});

test('Windows is sent to WSL, and an old Node to a newer one', () => {
  expect(() => refuseForeignGround('win32', '24.0.0')).toThrow(/wsl --install/);
  expect(() => refuseForeignGround('linux', '16.20.0')).toThrow(
    /needs Node 18 or newer .* this is 16\.20\.0/,
  );
  expect(() => refuseForeignGround('darwin', '18.0.0')).not.toThrow();
});

test('a program is found on PATH only in its folders', () => {
  const folder = dirname(process.execPath);
  expect(onPath('node', ['/nowhere', folder].join(delimiter))).toBe(true);
  expect(onPath('node', '/nowhere')).toBe(false);
});
