import type { Kernel } from '@jupyterlab/services';
import { expect, test, vi } from 'vitest';
import { kernelSizes, readSizes } from '../../src/plan/kernel-sizes.js';

function kernel(status: string, done: Promise<unknown>) {
  const requestExecute = vi.fn(() => ({ done, dispose: () => undefined }));
  return { requestExecute, connection: { status, requestExecute } as unknown as Kernel.IKernelConnection };
}

const answered = Promise.resolve({
  content: {
    status: 'ok',
    user_expressions: { sizes: { status: 'ok', data: { 'text/plain': '{"x": 8000}' } } },
  },
});

test('an idle kernel tells the sizes of what it holds, silently', async () => {
  const { connection, requestExecute } = kernel('idle', answered);
  expect(await kernelSizes(connection, ['x'])).toEqual(new Map([['x', 8000]]));
  expect(requestExecute).toHaveBeenCalledWith(
    expect.objectContaining({ code: '', silent: true, store_history: false }),
    true,
  );
});

test('a kernel that works, and one of which nothing is wanted, is not asked', async () => {
  const busy = kernel('busy', answered);
  const idle = kernel('idle', answered);
  expect(await kernelSizes(busy.connection, ['x'])).toEqual(new Map());
  expect(await kernelSizes(idle.connection, [])).toEqual(new Map());
  expect(busy.requestExecute).not.toHaveBeenCalled();
  expect(idle.requestExecute).not.toHaveBeenCalled();
});

test('a kernel that does not answer keeps nobody waiting', async () => {
  vi.useFakeTimers();
  const asked = kernelSizes(kernel('idle', new Promise(() => undefined)).connection, ['x']);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await asked).toEqual(new Map());
  vi.useRealTimers();
});

test('a kernel without cellfarm answers with an error, and nothing is known', () => {
  expect(readSizes({ status: 'error', ename: 'ModuleNotFoundError' })).toEqual(new Map());
  expect(readSizes(undefined)).toEqual(new Map());
});
