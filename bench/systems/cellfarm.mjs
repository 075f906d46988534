// cellfarm itself, twice: its leases through BullMQ and a private Redis, and through the queue inside the service where no Redis is found.
// Everything else is the same: journal synced to disk, the same notebooks, the same interpreter as the peers.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { processorSeconds, residentMegabytes } from '../driver/processes.mjs';
import { startUp } from './cellfarm-service.mjs';
import * as notebooks from './notebooks.mjs';

/** How each measurement is played: one element a shard where peers send one task a message; by default as cellfarm decides. */
const OPTIONS = {
  noOp: { elementsPerShard: 1 },
  noOpShipped: { elementsPerShard: 1, fork: false },
  roundTrip: { elementsPerShard: 1 },
  roundTripShipped: { elementsPerShard: 1, fork: false },
  chain: {},
  handOver64K: { elementsPerShard: 1 },
  handOver256M: { elementsPerShard: 1 },
  resting: {},
};
/** How many maps leave home in each of them. */
const MAPS = {
  noOp: () => 2,
  noOpShipped: () => 2,
  roundTrip: ({ repeats }) => repeats + 1,
  roundTripShipped: ({ repeats }) => repeats + 1,
  handOver64K: () => 1,
  handOver256M: ({ count }) => count,
  resting: () => 1,
};
const NOTEBOOKS = { ...notebooks, noOpShipped: notebooks.noOp, roundTripShipped: notebooks.roundTrip };
const measures = ['idle', ...Object.keys(OPTIONS), 'startCold', 'startWarm', 'idleAfter'];

export const cellfarmBullmq = {
  name: 'cellfarm',
  title: 'cellfarm (BullMQ)',
  ours: true,
  measures,
  open: (around) => openCellfarm(around, 'bullmq', around.env.PATH),
};

export const cellfarmInProcess = {
  name: 'cellfarm-in-process',
  title: 'cellfarm (in-process)',
  ours: true,
  measures,
  open: (around) => openCellfarm(around, 'memory', withoutRedis(around.env.PATH)),
};

/** PATH without the folders in which a Redis is found. */
function withoutRedis(path) {
  const hasRedis = (folder) =>
    ['redis-server', 'valkey-server'].some((name) => existsSync(join(folder, name)));
  return path
    .split(delimiter)
    .filter((folder) => !hasRedis(folder))
    .join(delimiter);
}

async function openCellfarm({ program, python, workers, env, profile }, queue, path) {
  const folder = mkdtempSync(join(tmpdir(), 'cellfarm-bench-'));
  const [home, coldHome] = [join(folder, 'home'), join(folder, 'cold')];
  for (const each of [home, coldHome]) mkdirSync(each);
  const mine = { ...env, ...profile, PATH: path, CELLFARM_HOME: home };
  delete mine.CELLFARM_REDIS_URL;
  const service = await startUp({ program, home, env: mine });
  const close = async () => {
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  const { queue: found } = await service.get('/v1/health');
  if (found.kind !== queue) {
    await close();
    throw new Error(`the service found the queue ${found.kind}, not ${queue}`);
  }

  const play = async (name, parameters, options) => {
    const file = join(folder, `${name}.ipynb`);
    const content = notebooks.notebookText(NOTEBOOKS[name](parameters));
    writeFileSync(file, content);
    const { said, events } = await service.play(file, content, { ...options, python });
    refuseHomework(events, MAPS[name]?.(parameters) ?? 0);
    return said;
  };
  const start = async (where) => {
    const [input, output] = [join(folder, 'start.ipynb'), join(folder, 'started.ipynb')];
    writeFileSync(input, notebooks.notebookText(notebooks.start()));
    const args = [...program.slice(1), 'run', input, '-o', output, '--python', python];
    const began = Date.now() / 1e3;
    await promisify(execFile)(program[0], args, { env: { ...mine, CELLFARM_HOME: where } });
    const { cells } = JSON.parse(readFileSync(output, 'utf8'));
    return { seconds: notebooks.saidIn(cells.flatMap((cell) => cell.outputs)).at - began };
  };
  const idle = async ({ seconds }) => {
    const { pid } = service.address;
    const before = processorSeconds(pid);
    await sleep(seconds * 1e3);
    const used =
      before === undefined ? {} : { processorPercent: ((processorSeconds(pid) - before) / seconds) * 100 };
    return {
      serviceMegabytes: residentMegabytes(pid, true),
      systemMegabytes: residentMegabytes(service.up.pid),
      ...used,
    };
  };
  const special = {
    async resting(parameters) {
      const { seconds } = await play('resting', parameters, { workers });
      const alone = await play('resting', parameters, { workers: 1 });
      return { seconds, oneWorkerSeconds: alone.seconds, speedUp: alone.seconds / seconds };
    },
    async startCold() {
      await start(coldHome); // the first run of a home folder also looks at the interpreter, once
      return start(coldHome);
    },
    async startWarm() {
      await start(home);
      return start(home);
    },
    idle,
    idleAfter: idle,
  };
  return {
    measure: (name, parameters) =>
      special[name]?.(parameters) ?? play(name, parameters, { workers, ...OPTIONS[name] }),
    close,
  };
}

/** A map that home computed itself was not measured. */
function refuseHomework(events, maps) {
  const opened = events.filter((event) => event.type === 'map.opened').length;
  const homework = events.find((event) => event.type === 'map.closed' && event.homeFrom !== null);
  if (homework) throw new Error(`home computed from element ${homework.homeFrom} on: ${homework.reason}`);
  if (opened === maps) return;
  const notes = events.filter((event) => event.type === 'run.note').map((event) => event.text);
  throw new Error(`${opened} of ${maps} maps left home: ${[...new Set(notes)].join('; ')}`);
}
