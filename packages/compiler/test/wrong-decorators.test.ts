import { describe, expect, it } from 'vitest';
import { graphOf, type CellSketch } from './support/notebooks.js';

function found(cells: readonly CellSketch[]): string[] {
  return graphOf(cells)
    .diagnostics.filter(({ code }) => code === 'C2107')
    .map(({ severity, cell, line, message }) => `${severity} ${String(cell)}:${String(line)} ${message}`);
}

describe('a decorator that Python refuses when it comes to it', () => {
  it.each([
    ['cf.map(workers=4)', 'cellfarm.map takes no argument "workers"'],
    ['cf.reduce(devices=2)', 'cellfarm.reduce takes no argument "devices"'],
    ['cf.map(target="Box 1")', 'cellfarm.map cannot take target="Box 1"'],
    ['cf.train(gpus="two")', 'cellfarm.train cannot take gpus="two"'],
    ['cf.map(memory="lots")', 'cellfarm.map cannot take memory="lots"'],
  ])('is an error on its line: @%s', (decorator, message) => {
    const [finding = '', ...more] = found(['import cellfarm as cf', `\n@${decorator}\ndef f(x): return x`]);
    expect(finding).toContain(`error 1:2 ${message}`);
    expect(more).toEqual([]);
  });

  it('is found where the decorator was imported under another name', () => {
    expect(found(['from cellfarm import map as pmap\n@pmap(jobs=2)\ndef f(x): return x'])).toEqual([
      'error 0:2 cellfarm.map takes no argument "jobs"',
    ]);
  });

  it("is also Python's own map", () => {
    expect(found(['@map\ndef f(x): return x'])).toEqual([
      "error 0:1 @map is Python's own map, which is no decorator",
    ]);
  });

  it.each<[string, CellSketch]>([
    [
      'what the decorators take',
      'import cellfarm as cf\n@cf.map(cpus=2, gpu_memory="2GiB", target="gpu")\ndef f(x): return x',
    ],
    [
      'a value that is not written out',
      'import cellfarm as cf\nn = "two"\n@cf.map(cpus=n)\ndef f(x): return x',
    ],
    [
      "options of the decorator's own",
      'import cellfarm as cf\n@cf.reduce(identity=0)\ndef f(x, y): return x\n@cf.train(devices=2)\ndef g(): pass',
    ],
    ['a map of the notebook', 'def map(f): return f\n@map\ndef f(x): return x'],
    ['a map of unknown origin', 'from tools import *\n@map\ndef f(x): return x'],
    ["a call of Python's own map", 'list(map(str, [1]))'],
  ])('is not %s', (_name, cell) => {
    expect(found([cell])).toEqual([]);
  });

  it('is only a warning where it may be guarded', () => {
    const [finding] = found(['import cellfarm as cf\ntry:\n  cf.map(workers=4)\nexcept TypeError: pass']);
    expect(finding).toMatch(/^warning/);
  });
});

describe('the resources of a decorator', () => {
  it('reach the task, the memory of GPUs too', () => {
    const graph = graphOf([
      'import cellfarm as cf\n@cf.map(gpus=1, gpu_memory="2GiB")\ndef f(x): return x',
      '[f(x) for x in range(4)]',
    ]);
    expect(graph.tasks.find(({ skeleton }) => skeleton === 'map')?.resources).toEqual({
      gpus: 1,
      gpuMemory: '2GiB',
    });
  });
});
