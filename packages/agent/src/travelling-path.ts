// The folder that the notebook's Python gets on its import path: it holds the package `cellfarm` and nothing else, so that nothing
// of cellfarm's own environment can be imported by a notebook. Two installations that share CELLFARM_HOME get a folder each.
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readlink, realpath, rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Makes the folder where it is missing, in one step that others see whole or not at all. Answers its path. */
export async function makeTravellingPath(cellfarmHome: string, pythonPackage: string): Promise<string> {
  const target = await realpath(pythonPackage);
  const name = createHash('sha256').update(target).digest('hex').slice(0, 12);
  const folder = join(cellfarmHome, 'python-path', name);
  const link = join(folder, 'cellfarm');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await readlink(link).catch(() => null)) !== target) {
    // made beside, outside of the folder that others import from
    const fresh = `${folder}-${randomBytes(4).toString('hex')}`;
    await symlink(target, fresh);
    await rename(fresh, link);
  }
  return folder;
}
