# mypy: disallow-subclassing-any=False, disallow-untyped-calls=False
# (ipykernel's types are not read: it is the notebook's own.)
"""The kernel "Cellfarm (Python 3)": ipykernel, with `%load_ext cellfarm` done.

Started by Jupyter as `python -m cellfarm.kernel -f <connection file>`; takes the options of ipykernel. With `install` or `uninstall`
first it lets Jupyter find it, or no more.
"""

from __future__ import annotations

import sys

from ipykernel.kernelapp import IPKernelApp
from traitlets import List, Unicode


class CellfarmKernelApp(IPKernelApp):
    """ipykernel's application with one extension more."""

    default_extensions = List(Unicode(), ["storemagic", "cellfarm"])


if __name__ == "__main__":
    if sys.argv[1:2] in (["install"], ["uninstall"]):
        from cellfarm.kernel.install import main

        raise SystemExit(main(sys.argv[1:]))
    CellfarmKernelApp.launch_instance()
