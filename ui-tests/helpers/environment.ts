// A virtual environment of a test's own: made, filled by pip, and told file by file.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT } from './jupyter.js';

const REQUIREMENTS = join(ROOT, 'scripts', 'requirements');

export class Environment {
  private constructor(private readonly folder: string) {}

  static make(folder: string): Environment {
    execFileSync(join(ROOT, '.venv', 'bin', 'python'), ['-m', 'venv', folder], { stdio: 'pipe' });
    return new Environment(folder);
  }

  get bin(): string {
    return join(this.folder, 'bin');
  }

  /** At the versions that set-up installs. */
  install(...wanted: string[]): void {
    this.pip('install', '--constraint', join(REQUIREMENTS, 'constraints.txt'), ...wanted);
  }

  uninstall(name: string): void {
    this.pip('uninstall', '--yes', name);
  }

  /** What a Python script of ours says there. */
  ask(script: string): string {
    return execFileSync(join(this.bin, 'python'), [script], { encoding: 'utf8', env: clean() });
  }

  /** All files and folders, but what Python keeps of what it has compiled. */
  contents(): string[] {
    return readdirSync(this.folder, { recursive: true, withFileTypes: true })
      .map((entry) => relative(this.folder, join(entry.parentPath, entry.name)))
      .filter((path) => !path.includes('__pycache__'))
      .sort();
  }

  private pip(...words: string[]): void {
    const quiet = ['--quiet', '--disable-pip-version-check', '--no-input'];
    execFileSync(join(this.bin, 'python'), ['-m', 'pip', ...quiet, ...words], {
      env: clean(),
      stdio: 'pipe',
    });
  }
}

/** The environment without what would lead Python to packages of another. */
function clean(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(PYTHON|VIRTUAL_ENV$)/.test(name)),
  );
}
