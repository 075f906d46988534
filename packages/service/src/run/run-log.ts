// What the services of this home logged about one run, as lines of JSON in the order of time. Reads the logs that are still kept.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunId } from '@cellfarm/protocol';
import { isRecord, parseJson } from '../json.js';

export async function runLog(cellfarmHome: string, run: RunId): Promise<string[]> {
  const services = join(cellfarmHome, 'services');
  const lines: { time: number; line: string }[] = [];
  for (const name of await readdir(services).catch(() => [])) {
    const text = await readFile(join(services, name, 'service.log'), 'utf8').catch(() => '');
    for (const line of text.split('\n')) {
      if (!line.includes(run)) continue;
      const entry = parseJson(line);
      if (!isRecord(entry) || entry['run'] !== run) continue;
      lines.push({ time: typeof entry['time'] === 'number' ? entry['time'] : 0, line });
    }
  }
  return lines.sort((a, b) => a.time - b.time).map(({ line }) => line);
}
