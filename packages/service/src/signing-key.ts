// The key that signs tickets: `<CELLFARM_HOME>/key`, 32 random bytes, mode 0600, made by whoever needs it first.
import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const KEY_BYTES = 32;

async function readKey(path: string): Promise<Buffer | null> {
  const key = await readFile(path).catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
    throw cause;
  });
  return key !== null && key.byteLength >= KEY_BYTES ? key : null;
}

/** The key of this home. Two processes that start together get the same one. */
export async function signingKey(cellfarmHome: string): Promise<Buffer> {
  const path = join(cellfarmHome, 'key');
  const present = await readKey(path);
  if (present) return present;
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await writeFile(temporary, randomBytes(KEY_BYTES), { mode: 0o600 });
  try {
    await link(temporary, path);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
  } finally {
    await rm(temporary, { force: true });
  }
  const key = await readKey(path);
  if (!key) throw new Error(`${path} holds no key`);
  return key;
}
