"""`python -m cellfarm.kernel install` and `uninstall`: lets Jupyter find the kernel "Cellfarm (Python 3)" of this very interpreter.

The wheel does so for the Jupyter of its own environment; this is for a Jupyter elsewhere, and for a second environment.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

ACTIONS = ("install", "uninstall")
DISPLAY_NAME = "Cellfarm (Python 3)"
_NAME = "cellfarm"


def kernelspec(display_name: str = DISPLAY_NAME) -> dict[str, Any]:
    """What stands in the kernel.json of this interpreter."""
    return {
        "argv": [sys.executable, "-m", "cellfarm.kernel", "-f", "{connection_file}"],
        "display_name": display_name,
        "language": "python",
        "metadata": {"debugger": True},
    }


def main(words: Sequence[str]) -> int:
    """Does what the words say and gives the exit status: 0, 2 for words that mean nothing here, 3 where it cannot be done."""
    asked = _parser().parse_args(words)
    prefix = sys.prefix if asked.sys_prefix else asked.prefix
    try:
        if asked.action == "install":
            _install(asked.name, asked.display_name, prefix)
        else:
            _uninstall(asked.name, prefix)
    except NoSuchKernel:
        return _fail(2, f"there is no kernel {asked.name} in {_folder(prefix)}")
    except ValueError as error:
        return _fail(2, str(error))
    except OSError as error:
        return _fail(3, str(error))
    return 0


def _install(name: str, display_name: str, prefix: str | None) -> None:
    with tempfile.TemporaryDirectory() as made:
        Path(made, "kernel.json").write_text(json.dumps(kernelspec(display_name), indent=2) + "\n", "utf-8")
        place = KernelSpecManager().install_kernel_spec(
            made, kernel_name=name, user=prefix is None, prefix=prefix
        )
    sys.stdout.write(f"{display_name} is in {place}\n")


def _uninstall(name: str, prefix: str | None) -> None:
    manager = KernelSpecManager(kernel_dirs=[str(_folder(prefix))], ensure_native_kernel=False)
    if name not in manager.find_kernel_specs():
        raise NoSuchKernel(name)
    sys.stdout.write(f"removed {manager.remove_kernel_spec(name)}\n")


def _folder(prefix: str | None) -> Path:
    return (
        Path(KernelSpecManager().user_kernel_dir) if prefix is None else Path(prefix, "share/jupyter/kernels")
    )


def _fail(status: int, sentence: str) -> int:
    sys.stderr.write(f"cellfarm: {sentence}\n")
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("cellfarm kernel", description=__doc__)
    parser.add_argument("action", choices=ACTIONS)
    place = parser.add_mutually_exclusive_group()
    place.add_argument("--user", action="store_true", help="for all Jupyters of this user; the default")
    place.add_argument("--sys-prefix", action="store_true", help="for the Jupyter of this environment")
    place.add_argument("--prefix", help="for the Jupyter of the environment in this folder")
    parser.add_argument("--name", default=_NAME, help="of the kernel's folder; default: %(default)s")
    parser.add_argument(
        "--display-name", default=DISPLAY_NAME, help="what Jupyter shows; default: %(default)s"
    )
    return parser
