"""Entry of every process of the notebook's own Python: `python boot.py cellfarm home|worker|rank`.

Decides what the process looks like before anything of the user's runs: the import path, the environment, its
fate when the agent dies. That Python needs nothing of cellfarm installed; the package travels on the agent's
path.
"""

import os
import sys

PARTS = ("home", "worker", "rank")


def _leave_own_folder() -> None:
    """Takes the package's folder, which Python puts first for a script, off the import path."""
    own = os.path.dirname(os.path.realpath(__file__))
    sys.path[:] = [entry for entry in sys.path if not entry or os.path.realpath(entry) != own]


def _import_travelling_package(travelling: str) -> None:
    """Imports our own package even where another version is installed; its folder ends up last."""
    sys.path.insert(0, travelling)
    import cellfarm

    sys.path.remove(travelling)
    sys.path.append(travelling)
    own = os.path.dirname(os.path.realpath(__file__))
    if os.path.realpath(os.path.dirname(cellfarm.__file__)) != own:
        raise ImportError(f"{travelling} holds another cellfarm than {own}")


def _die_with_parent(parent: int) -> None:
    """Ends this process when the agent dies (Linux; elsewhere the agent's successor sweeps)."""
    if not sys.platform.startswith("linux"):
        return
    import ctypes
    import signal

    pr_set_pdeathsig = 1
    ctypes.CDLL(None, use_errno=True).prctl(pr_set_pdeathsig, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def main() -> None:
    """Runs the part that the command line names."""
    parent = os.getppid()
    words = sys.argv[1:]
    if len(words) < 2 or words[0] != "cellfarm" or words[1] not in PARTS:
        sys.exit("usage: python boot.py cellfarm home|worker|rank (started by an agent)")
    door = os.environ.pop("CELLFARM_DOOR", None)
    nonce = os.environ.pop("CELLFARM_NONCE", None)
    objects = os.environ.pop("CELLFARM_OBJECTS", None) or None
    travelling = os.environ.pop("CELLFARM_PATH", None)
    channel = os.environ.pop("CELLFARM_CHANNEL", None)
    if (channel is None) if words[1] == "rank" else (door is None or nonce is None):
        sys.exit("its door is missing: home and workers are started by an agent, ranks by a worker")
    _leave_own_folder()
    _die_with_parent(parent)
    _import_travelling_package(travelling or os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
    if words[1] == "home":
        from cellfarm.home.main import run as run_home

        run_home(str(door), str(nonce), objects)
    elif words[1] == "rank":
        from cellfarm.gang.rank import run as run_rank

        run_rank(int(str(channel)), objects)
    else:
        from cellfarm.worker.main import run as run_worker

        run_worker(str(door), str(nonce), objects)


if __name__ == "__main__":
    main()
