// The commands beside `run`, as a user types them.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { TaskGraph } from '@cellfarm/protocol';
import { Place, repository } from './helpers/command.js';
import { untilEvents } from './helpers/events.js';
import { isAlive, killPart, partsBelow, pidOf } from './helpers/processes.js';
import { toNotebook } from './notebooks/to-notebook.js';

const place = new Place();
afterAll(() => place.remove());
copyFileSync(join(repository, 'examples', 'digits.ipynb'), join(place.folder, 'digits.ipynb'));
writeFileSync(
  join(place.folder, 'small.ipynb'),
  toNotebook('# %% map\nsquares = [n * n for n in range(4)]\n# %%\nsquares\n'),
);
writeFileSync(
  join(place.folder, 'misspelt.ipynb'),
  toNotebook('# %%\nimport cellfarm as cf\n@cf.mapp\ndef f(x): return x\n'),
);
writeFileSync(
  join(place.folder, 'raising.ipynb'),
  toNotebook('# %%\nprint("first")\n# %%\nx = 1\nraise ValueError("no")\n'),
);

describe('cellfarm compile', () => {
  test('prints a task graph that follows the contract', async () => {
    const end = await place.run(['compile', 'digits.ipynb', '--format', 'json']);
    expect(end.code, end.stderr).toBe(0);
    const graph = TaskGraph.parse(JSON.parse(end.stdout));
    expect(graph.tasks.find((task) => task.skeleton === 'map')).toMatchObject({
      place: 'away',
      cells: [6],
      over: 'settings',
    });
    expect(graph.loops).toMatchObject([{ cell: 6, verdict: 'parallel' }]);
  });

  test('prints text for people and dot for graphviz', async () => {
    const text = await place.run(['compile', 'digits.ipynb']);
    const dot = await place.run(['compile', 'digits.ipynb', '--format', 'dot']);
    expect(text.stdout).toContain('c6.m0');
    expect(dot.stdout).toMatch(/^digraph /);
  });

  test.each(['text', 'dot'])(
    'has no plan (%s) for a notebook that cannot be run, and says why',
    async (format) => {
      const end = await place.run(['compile', 'misspelt.ipynb', '--format', format]);
      expect(end).toMatchObject({ code: 2, stdout: '' });
      for (const words of ['C2106', 'cell 0, line 2', 'mapp', 'reduce']) expect(end.stderr).toContain(words);
    },
  );

  test('keeps the diagnostics of such a notebook in its JSON', async () => {
    const end = await place.run(['compile', 'misspelt.ipynb', '--format', 'json']);
    expect(end.code).toBe(2);
    const { diagnostics } = TaskGraph.parse(JSON.parse(end.stdout));
    expect(diagnostics).toMatchObject([{ code: 'C2106', severity: 'error', cell: 0, line: 2 }]);
  });

  test('refuses a format that it does not know', async () => {
    expect(await place.run(['compile', 'digits.ipynb', '--format', 'svg'])).toMatchObject({ code: 2 });
  });
});

describe('cellfarm up', () => {
  test('serves run after run, also when its service is killed, lists them and leaves nothing behind', async () => {
    const up = place.start(['up']);
    await up.printed(/cellfarm is up: \S+\n(.*\n)*.*Ctrl-C here ends it, or from elsewhere: kill \d+/);
    const first = await place.run(['run', 'small.ipynb', '--json', '--workers', '2']);
    expect(first, first.stderr).toMatchObject({ code: 0 });
    const pid = pidOf(up.process);
    killPart(pid, 'service');
    await up.printed(/lost: service/);
    const second = await place.run(['run', 'small.ipynb', '-o', 'out.ipynb', '--workers', '2']);
    expect(second, second.stderr).toMatchObject({ code: 0 });
    expect(readFileSync(join(place.folder, 'out.ipynb'), 'utf8')).toContain('[0, 1, 4, 9]');
    const { run } = JSON.parse(first.stdout) as { run: string };
    const listed = await place.run(['runs']);
    expect(listed.stdout.trim().split('\n')).toHaveLength(2);
    const record = await place.run(['runs', 'show', run, '--json']);
    expect(JSON.parse(record.stdout)).toMatchObject({ run, state: 'done' });
    const shown = await place.run(['runs', 'show', run]);
    expect(shown.stdout).toContain(`${run} done\n`);
    expect(shown.stdout).toContain(join(place.home, 'runs', run, 'executed.ipynb'));
    const parts = (['service', 'agent', 'redis'] as const).flatMap((part) => partsBelow(pid, part));
    up.process.kill('SIGTERM');
    await up.finished;
    expect(parts.length).toBe(3);
    expect(parts.filter((part) => isAlive(part.pid))).toEqual([]);
  });
});

describe('a run in the hands of cellfarm up', () => {
  test('goes on when the service is killed in its middle', async () => {
    const up = place.start(['up']);
    await up.printed(/cellfarm is up/);
    const events = join(place.folder, 'events.ndjson');
    const run = place.start(['run', 'digits.ipynb', '--workers', '2', '--events', events]);
    await untilEvents(
      events,
      (seen) =>
        seen.filter((event) => event.type === 'task.finished' && event.task.includes('/')).length >= 3,
    );
    killPart(up.process.pid, 'service');
    const end = await run.finished;
    expect(end, end.stderr).toMatchObject({ code: 0 });
    up.process.kill('SIGTERM');
    await up.finished;
  });
});

describe('cellfarm runs', () => {
  test('says which run it does not know', async () => {
    const end = await place.run(['runs', 'show', 'r-0000000000000000']);
    expect(end.code).toBe(2);
    expect(end.stderr).toContain('C4007');
  });
});

describe('cellfarm doctor', () => {
  test('says what can be used here, and why the rest cannot', async () => {
    const end = await place.run(['doctor', '--json']);
    expect(end.code, end.stderr).toBe(0);
    const { checks } = JSON.parse(end.stdout) as { checks: { name: string; ok: boolean; detail: string }[] };
    expect(checks.map((check) => check.name)).toEqual(
      expect.arrayContaining(['node', 'kernel python3', 'redis', 'target local', 'gpus', 'service']),
    );
    expect(checks.every((check) => check.detail !== '')).toBe(true);
  });
});

describe('cellfarm --version', () => {
  test('is a version', async () => {
    expect((await place.run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('a run whose cell raises', () => {
  test('names the notebook that holds the outputs up to there, without colours', async () => {
    const given = await place.run(['run', 'raising.ipynb', '-o', 'raised.ipynb', '--workers', '1']);
    expect(given.code, given.stderr).toBe(1);
    expect(given.stderr).toContain('Outputs up to there are in raised.ipynb');
    expect(given.stderr).toContain('ValueError: no');
    expect(given.stderr).not.toContain('\u001b');
    const kept = await place.run(['run', 'raising.ipynb', '--workers', '1']);
    const path = /Outputs up to there are in (.*)/.exec(kept.stderr)?.[1] ?? '';
    expect(readFileSync(path, 'utf8')).toContain('first');
  });
});

describe('an interpreter that is none', () => {
  test('is refused in one sentence', async () => {
    const end = await place.run(['run', 'small.ipynb', '--python', '/bin/ls']);
    expect(end).toMatchObject({ code: 2 });
    expect(end.stderr).toContain('C3006 /bin/ls is not a Python interpreter');
    expect(end.stderr).not.toContain('import');
  });
});

describe('cellfarm run --help', () => {
  test('says what no workers and a time limit mean', async () => {
    const { stdout } = await place.run(['run', '--help']);
    const words = stdout.replaceAll(/\s+/g, ' ');
    expect(words).toContain('0: nothing leaves, home does it all');
    expect(words).toContain('longest time of the whole run');
  });
});
