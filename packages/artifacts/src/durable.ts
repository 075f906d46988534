// Makes files durable in the order that survives a power cut: bytes, then the name, then the folder that holds the
// name. Knows neither digests nor the store's layout.
import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Renames a file whose bytes are on disk, and resolves when its new name is on disk too. */
export async function renameDurably(from: string, to: string): Promise<void> {
  const folder = dirname(to);
  const made = await mkdir(folder, { recursive: true, mode: 0o700 });
  await rename(from, to);
  await syncFolder(folder);
  if (made !== undefined) await syncFolder(dirname(folder));
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
