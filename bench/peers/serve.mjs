// The peers' end of the dialogue with the driver, for peers in JavaScript: the same lines of JSON that measures.py reads and writes.
import { createInterface } from 'node:readline';

/** Says that it is ready, answers requests one after another with `measures[name](parameters)`, and closes when its input ends. */
export async function serve(measures, close) {
  try {
    process.stdout.write('{"ready": true}\n');
    for await (const line of createInterface({ input: process.stdin })) {
      const request = JSON.parse(line);
      process.stdout.write(`${JSON.stringify(await answer(measures, request))}\n`);
    }
  } finally {
    await close();
  }
}

async function answer(measures, request) {
  try {
    return { numbers: await measures[request.measure](request.with) };
  } catch (error) {
    return { error: error.stack ?? String(error) };
  }
}
