"""Restart & Run All in a plain kernel: the sequential answer that `cellfarm verify` compares with.

Runs under cellfarm's own Python, which has nbclient; the kernel may be any Python and needs nothing of cellfarm: a folder
that holds this package is appended to the kernel's path before the first cell, without a trace in its namespace. The kernel
inherits this process' environment as it is: who starts the reference leaves out what a run leaves out.

Exit status: 0 when every cell was played, 1 when one raised (outputs up to there are written), 2 when the kernel failed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from cellfarm.reference_kernel import kernel_manager, wake_after_sending

EXIT_PLAYED, EXIT_RAISED, EXIT_KERNEL = 0, 1, 2


def make_client(notebook: nbformat.NotebookNode, python: str | None, cwd: str) -> NotebookClient:
    """A client for the notebook's own kernelspec, or for the interpreter `python`."""
    resources = {"metadata": {"path": cwd}}
    spec = notebook.metadata.get("kernelspec", {}).get("name", "python3")
    manager = kernel_manager(spec, python)
    return NotebookClient(notebook, km=manager, resources=resources, timeout=None, record_timing=False)


def run_silently(client: NotebookClient, code: str) -> None:
    """Executes code that counts as no cell. Raises RuntimeError with the kernel's words when it fails."""
    reply = client.kc.execute_interactive(code, silent=True, store_history=False, allow_stdin=False)
    if hasattr(reply, "__await__"):
        from nbclient.util import run_sync

        async def wait() -> object:
            return await reply

        reply = run_sync(wait)()
    if reply["content"]["status"] != "ok":
        raise RuntimeError("\n".join(reply["content"].get("traceback", [])))


def asked_to_exit(reply: dict[str, object]) -> bool:
    """Whether the cell called `exit()` or `quit()`: the kernel ends itself, later cells are not played."""
    content = reply.get("content")
    payload = content.get("payload", []) if isinstance(content, dict) else []
    return any(part.get("source") == "ask_exit" for part in payload)


def play(client: NotebookClient, variables: Path, travelling: str) -> int:
    """Plays all cells in order and writes the digests of the final variables. `travelling`: folder with this package in it."""
    replies: list[dict[str, object]] = []
    client.on_cell_executed = lambda cell, cell_index, execute_reply: replies.append(execute_reply)
    status = EXIT_PLAYED
    with client.setup_kernel():
        wake_after_sending(client.kc)
        run_silently(client, f"__import__('sys').path.append({travelling!r})")
        for index, cell in enumerate(client.nb.cells):
            try:
                client.execute_cell(cell, index)
            except CellExecutionError:
                status = EXIT_RAISED
                break
            if replies and asked_to_exit(replies[-1]):
                variables.write_text("null")  # the kernel is gone, and its variables with it
                return status
        run_silently(
            client,
            f"__import__('pathlib').Path({str(variables.resolve())!r}).write_text(__import__('json').dumps("
            "__import__('cellfarm.structure', fromlist=['structure']).digest_namespace(get_ipython().user_ns)))",
        )
    return status


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="cellfarm.reference", description=__doc__.splitlines()[0])
    parser.add_argument("notebook", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--variables", type=Path, required=True)
    parser.add_argument("--travelling", default=str(Path(__file__).resolve().parent.parent))
    parser.add_argument("--python")
    parser.add_argument("--cwd", default=os.getcwd())
    options = parser.parse_args(arguments)
    notebook = nbformat.read(options.notebook, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    client = make_client(notebook, options.python, options.cwd)
    try:
        status = play(client, options.variables, options.travelling)
    except Exception as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return EXIT_KERNEL
    options.output.write_text(json.dumps(notebook), encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
