// Puts what Jupyter looks for into the places of the virtual environment where a wheel would put it: links into this checkout, so
// that a change is seen at the next start. Which files a wheel holds is said in packages/python/pyproject.toml.
import { lstatSync, mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { labextensionFolder, pythonSource, root, sitePackages, venv } from './paths.mjs';
import { readOr } from './stamp.mjs';

const python = join(root, 'packages', 'python');

/** What lies where, by path below the virtual environment. */
const links = {
  'etc/jupyter/jupyter_server_config.d/cellfarm.json': join(python, 'jupyter-config', 'cellfarm.json'),
  'share/jupyter/kernels/cellfarm': join(python, 'kernelspec'),
  'share/jupyter/labextensions/cellfarm': labextensionFolder,
};

/** Files by path below the virtual environment. */
const files = () => ({
  // Lets every Python of the environment import the package from here.
  [join(relative(venv, sitePackages()), 'cellfarm-checkout.pth')]: `${pythonSource}\n`,
  // JupyterLab brings a CommonJS program, which the package.json of this checkout would turn into a module.
  'package.json': '{ "private": true, "type": "commonjs" }\n',
});

export const jupyterPlaces = {
  name: 'places of Jupyter in .venv',
  fresh: () => unwritten().length === 0 && misplaced().length === 0,
  run() {
    for (const [place, text] of unwritten()) writeFileSync(join(venv, place), text);
    for (const [place, target] of misplaced()) put(join(venv, place), target);
  },
};

const unwritten = () =>
  Object.entries(files()).filter(([place, text]) => readOr(join(venv, place), '').toString() !== text);
const misplaced = () =>
  Object.entries(links).filter(([place, target]) => linkAt(join(venv, place)) !== target);

function linkAt(path) {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isSymbolicLink() === true ? readlinkSync(path) : undefined;
}

/** Makes the link beside its place and moves it there: a Jupyter that is starting meanwhile finds one or the other. */
function put(path, target) {
  mkdirSync(dirname(path), { recursive: true });
  if (linkAt(path) === undefined) rmSync(path, { recursive: true, force: true });
  const fresh = `${path}.${process.pid}`;
  symlinkSync(target, fresh);
  renameSync(fresh, path);
}
