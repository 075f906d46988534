// `<CELLFARM_HOME>/service.json`: how clients find the running `cellfarm up`. Mode 0600, because it holds the token; replaced whole.
import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ServiceAddress } from '@cellfarm/protocol';
import { isAlive } from './is-alive.js';
import { parseJson } from './json.js';

function fileIn(cellfarmHome: string): string {
  return join(cellfarmHome, 'service.json');
}

export async function writeServiceAddress(cellfarmHome: string, address: ServiceAddress): Promise<void> {
  const file = fileIn(cellfarmHome);
  const temporary = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await writeFile(temporary, `${JSON.stringify(address)}\n`, { mode: 0o600 });
  await rename(temporary, file);
}

/** The address that was written last, if its service still lives; null otherwise. */
export async function readServiceAddress(cellfarmHome: string): Promise<ServiceAddress | null> {
  const text = await readFile(fileIn(cellfarmHome), 'utf8').catch(() => '');
  const parsed = ServiceAddress.safeParse(parseJson(text));
  return parsed.success && isAlive(parsed.data.pid) ? parsed.data : null;
}

/** Removes the address, unless another service has written its own since. */
export async function removeServiceAddress(cellfarmHome: string, pid: number): Promise<void> {
  const text = await readFile(fileIn(cellfarmHome), 'utf8').catch(() => '');
  const parsed = ServiceAddress.safeParse(parseJson(text));
  if (parsed.success && parsed.data.pid === pid) await rm(fileIn(cellfarmHome), { force: true });
}
