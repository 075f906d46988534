"""From the ranks of a gang to the environment of each: the names that every framework reads. Pure.

Sources: torchrun's environment variables (docs.pytorch.org/docs/stable/elastic/run.html#environment-variables); the names that
Kubeflow's JAX plug-in sets for jax.distributed.initialize.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GangSpec:
    """A gang on one host.

    Attributes:
        size: number of ranks.
        address: host name or address of rank 0.
        port: free port there.
        cores: processor cores of this host, which the ranks share.
    """

    size: int
    address: str
    port: int
    cores: int


def rank_environment(spec: GangSpec, rank: int) -> dict[str, str]:
    """What is added to the environment of one rank.

    Each rank computes with its share of the cores: more threads than cores make a gang many times slower.
    """
    threads = max(1, spec.cores // spec.size)
    return {
        "RANK": str(rank),
        "LOCAL_RANK": str(rank),
        "WORLD_SIZE": str(spec.size),
        "LOCAL_WORLD_SIZE": str(spec.size),
        "GROUP_RANK": "0",
        "MASTER_ADDR": spec.address,
        "MASTER_PORT": str(spec.port),
        "JAX_COORDINATOR_ADDRESS": f"{spec.address}:{spec.port}",
        "JAX_NUM_PROCESSES": str(spec.size),
        "JAX_PROCESS_ID": str(rank),
        "OMP_NUM_THREADS": str(threads),
        "MKL_NUM_THREADS": str(threads),
        "OPENBLAS_NUM_THREADS": str(threads),
    }
