// How texts of the system are read: process tables, control groups, GPUs, memory; and what is kept of long output.
import { describe, expect, it } from 'vitest';
import { findControlTrees } from '../../src/local/control-trees.js';
import { GpuPool, visibleGpus } from '../../src/local/gpus.js';
import { proportionalBytes } from '../../src/local/memory-watch.js';
import { descendants, parsePs, parseStat } from '../../src/local/process-table.js';
import { TailBuffer } from '../../src/local/tail-buffer.js';

describe('process table', () => {
  it('reads a process whose name holds spaces and parentheses', () => {
    const rest = ['S', '7', '40', '41', ...Array<string>(15).fill('0'), '250', '0'].join(' ');
    expect(parseStat(`42 (a) b (c)) ${rest}`, 'boot', 1_000)).toEqual({
      pid: 42,
      parent: 7,
      group: 40,
      zombie: false,
      startTime: 'boot:250',
      startedAt: 3_500,
    });
  });

  it('reads nothing from a text that is no process', () => {
    expect(parseStat('', 'boot', 0)).toBeNull();
  });

  it('reads what ps prints', () => {
    const text =
      '    1     0     1 Ss   Tue Nov 24 10:50:00 2026\n  512     1   512 Z+   Tue Nov 24 11:00:05 2026\n';
    const [first, second] = parsePs(text);
    expect(first).toMatchObject({ pid: 1, parent: 0, group: 1, zombie: false });
    expect(second).toMatchObject({ pid: 512, zombie: true, startTime: 'Tue Nov 24 11:00:05 2026' });
    expect((second?.startedAt ?? 0) - (first?.startedAt ?? 0)).toBe(605_000);
  });

  it('follows children of children', () => {
    const row = (pid: number, parent: number) => ({
      pid,
      parent,
      group: 1,
      zombie: false,
      startTime: '',
      startedAt: 0,
    });
    const table = [row(5, 4), row(4, 3), row(3, 1), row(9, 1)];
    expect(descendants(table, new Set([3])).map(({ pid }) => pid)).toEqual([4, 5]);
  });
});

describe('control trees', () => {
  const cgroup2 = '30 1 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw';
  it('finds the unified tree', () => {
    expect(findControlTrees('0::/user.slice/a.scope\n', cgroup2)).toEqual({
      unified: '/sys/fs/cgroup/user.slice/a.scope',
      memory: null,
    });
  });

  it('finds both trees of a hybrid system', () => {
    const mounts = [
      '30 1 0:26 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw',
      '31 1 0:27 / /sys/fs/cgroup/cpu rw shared:9 - cgroup cgroup rw,cpu',
      '32 1 0:28 / /sys/fs/cgroup/memory rw shared:10 - cgroup cgroup rw,memory',
    ].join('\n');
    expect(findControlTrees('4:memory:/job\n1:cpu:/\n0::/\n', mounts)).toEqual({
      unified: '/sys/fs/cgroup/unified',
      memory: '/sys/fs/cgroup/memory/job',
    });
  });

  it('finds none where none is mounted', () => {
    expect(findControlTrees('0::/\n', '')).toEqual({ unified: null, memory: null });
  });
});

describe('GPUs', () => {
  const listing = '0, GPU-aaaa\n1, GPU-bbbb\n2, GPU-cccc\n';
  const rows = [
    { visible: undefined, uuids: ['GPU-aaaa', 'GPU-bbbb', 'GPU-cccc'] },
    { visible: '2,0', uuids: ['GPU-cccc', 'GPU-aaaa'] },
    { visible: 'GPU-bb', uuids: ['GPU-bbbb'] },
    { visible: '1,-1,2', uuids: ['GPU-bbbb'] },
    { visible: '', uuids: [] },
  ];
  it.each(rows)('seen with CUDA_VISIBLE_DEVICES=$visible are $uuids', ({ visible, uuids }) => {
    expect(visibleGpus(listing, visible).uuids).toEqual(uuids);
  });

  it('hidden by CUDA_VISIBLE_DEVICES are said to be hidden', () => {
    expect(visibleGpus(listing, '-1').reason).toBe('CUDA_VISIBLE_DEVICES hides all 3 GPUs');
    expect(visibleGpus('', undefined).reason).toBe('nvidia-smi lists no GPU');
  });

  it('are taken all or none', () => {
    const pool = new GpuPool();
    expect(pool.take(['a', 'b'], 1)).toEqual(['a']);
    expect(pool.take(['a', 'b'], 2)).toBeNull();
    expect(pool.take(['a', 'b'], 1)).toEqual(['b']);
    pool.give(['a']);
    expect(pool.take(['a', 'b'], 1)).toEqual(['a']);
  });
});

describe('memory', () => {
  it('counts a shared page once among its sharers', () => {
    expect(proportionalBytes('Rss:   900 kB\nPss:    300 kB\nPss_Anon: 1 kB\n')).toBe(300 * 1024);
  });
});

describe('last words', () => {
  it('are the last bytes, never cut inside a character', () => {
    const tail = new TailBuffer(5);
    tail.push(Buffer.from('aäöü'));
    expect(tail.text()).toBe('öü');
    for (let i = 0; i < 100; i += 1) tail.push(Buffer.from(String(i % 10)));
    expect(tail.text()).toBe('56789');
  });
});
