// How large values are in the kernel of the notebook, asked only where something leaves this machine. A kernel that is busy,
// has no cellfarm or does not answer soon says nothing: then the sizes are not known.
import type { Kernel } from '@jupyterlab/services';

const PATIENCE_MS = 1_500;
const NOTHING: ReadonlyMap<string, number> = new Map();

/** Bytes by name. Runs none of the notebook's code and leaves nothing behind. */
export async function kernelSizes(
  kernel: Kernel.IKernelConnection | null | undefined,
  names: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (!kernel || kernel.status !== 'idle' || names.length === 0) return NOTHING;
  const asked = JSON.stringify(names);
  const sizes = `__import__("cellfarm.kernel.sizes", fromlist=["sizes_of"]).sizes_of(globals(), ${asked})`;
  const request = kernel.requestExecute(
    { code: '', silent: true, store_history: false, user_expressions: { sizes } },
    true,
  );
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), PATIENCE_MS));
  try {
    const reply = await Promise.race([request.done, late]);
    return reply?.content.status === 'ok' ? readSizes(reply.content.user_expressions?.['sizes']) : NOTHING;
  } catch (cause) {
    console.debug('cellfarm: the kernel does not say how large its values are', cause);
    return NOTHING;
  } finally {
    request.dispose();
  }
}

/** What IPython answers to an expression: its text, or that it failed. */
export function readSizes(answer: unknown): ReadonlyMap<string, number> {
  const { status, data } = (answer ?? {}) as { status?: unknown; data?: Record<string, unknown> };
  const text = data?.['text/plain'];
  if (status !== 'ok' || typeof text !== 'string') return NOTHING;
  const parsed: unknown = JSON.parse(text);
  return new Map(
    Object.entries(parsed as object).filter((pair): pair is [string, number] => typeof pair[1] === 'number'),
  );
}
