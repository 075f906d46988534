// The peers in Python: each is one program of ../peers, under the benchmark's own Python.
import { fileURLToPath } from 'node:url';
import { openPeer } from './peer-process.mjs';

const folder = fileURLToPath(new URL('../peers', import.meta.url));
const all = ['idle', 'noOp', 'roundTrip', 'chain', 'handOver64K', 'handOver256M', 'resting'];

function pythonPeer(name, title, file) {
  return {
    name,
    title,
    ours: false,
    measures: all,
    open: ({ python, workers, env }) =>
      openPeer(python, [`${folder}/${file}`, String(workers)], { ...env, PYTHONPATH: folder }),
  };
}

export const pythonPeers = [
  pythonPeer('concurrent-futures', 'concurrent.futures', 'concurrent_futures.py'),
  pythonPeer('joblib', 'joblib (loky)', 'joblib_loky.py'),
  pythonPeer('dask', 'dask.distributed', 'dask_distributed.py'),
  pythonPeer('ray', 'Ray', 'ray_core.py'),
  pythonPeer('ipyparallel', 'ipyparallel', 'ipyparallel_cluster.py'),
];
