// Which Python packages each kind of start needs, and their installation at the exact versions of constraints.txt.
// Node 24 is one of them. cloudpickle is also copied into the Python package, because it travels with the worker.
import { cpSync, existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { failed, runQuietly } from './command.mjs';
import { nodeBinary, pythonSource, requirements, sitePackages, stamps, venvPython } from './paths.mjs';
import { digestOf, filesBelow, hasStamp, readOr, writeStamp } from './stamp.mjs';

const constraints = join(requirements, 'constraints.txt');

/** Requirement files by profile; each profile contains the one before. */
const profiles = {
  run: ['node', 'runtime', 'examples'],
  lab: ['node', 'runtime', 'examples', 'jupyter'],
  test: ['node', 'runtime', 'examples', 'jupyter', 'dev', 'package', 'training'],
};

/** @param {keyof typeof profiles} profile */
export function pythonPackages(profile) {
  const missing = () => profiles[profile].filter((group) => !hasStamp(stampOf(group), digest(group)));
  return {
    name: 'Python packages and Node 24',
    fresh: () => missing().length === 0 && existsSync(nodeBinary()),
    run() {
      const groups = existsSync(nodeBinary()) ? missing() : profiles[profile];
      const wanted = groups.flatMap((group) => ['-r', fileOf(group)]);
      const quiet = ['--quiet', '--disable-pip-version-check', '--no-input'];
      const done = runQuietly(venvPython, ['-m', 'pip', 'install', ...quiet, '-c', constraints, ...wanted]);
      if (!done.ok) throw failed('install the Python packages', done.output);
      if (!existsSync(nodeBinary()))
        throw failed('install Node 24', `${nodeBinary()} is missing after pip ended well`);
      for (const group of groups) writeStamp(stampOf(group), digest(group));
    },
  };
}

const fileOf = (group) => join(requirements, `${group}.txt`);
const stampOf = (group) => join(stamps, `packages-${group}`);
const digest = (group) => digestOf([fileOf(group), constraints]);

const nothing = Buffer.alloc(0);
const copy = join(pythonSource, 'cellfarm', '_vendor', 'cloudpickle');

export const vendoredCloudpickle = {
  name: 'cloudpickle beside the worker',
  fresh: () =>
    original().every((file) => readFileSync(file).equals(readOr(join(copy, basename(file)), nothing))),
  run() {
    rmSync(copy, { recursive: true, force: true });
    for (const file of original()) cpSync(file, join(copy, basename(file)));
  },
};

/** cloudpickle's modules and its licence, as pip installed them. */
function original() {
  const packages = sitePackages();
  const record = readdirSync(packages).find((name) => /^cloudpickle-.*\.dist-info$/.test(name));
  if (record === undefined)
    throw failed('copy cloudpickle', `cloudpickle is missing in ${packages}: delete .venv`);
  const modules = filesBelow(join(packages, 'cloudpickle'), (name) => name.endsWith('.py'));
  return [...modules, ...filesBelow(join(packages, record), (name) => /^LICEN[CS]E/.test(name))];
}
