"""Write a normal notebook, tag a few cells, and run it as a parallel workflow with the same answer."""

from cellfarm.decorators import map, reduce, stage, task, train

__all__ = ["map", "reduce", "stage", "task", "train"]


def _jupyter_server_extension_points() -> list[dict[str, object]]:
    """What Jupyter Server loads of this package."""
    from cellfarm.jupyter.app import Cellfarm

    return [{"module": "cellfarm.jupyter.app", "app": Cellfarm}]


def load_ipython_extension(shell: object) -> None:
    """`%load_ext cellfarm`: tells the front end what cells are tagged with and declare; `%%cellfarm` is known."""
    from cellfarm.kernel.extension import load

    load(shell)


def unload_ipython_extension(shell: object) -> None:
    """`%unload_ext cellfarm`."""
    from cellfarm.kernel.extension import unload

    unload(shell)
