"""Plays a notebook in home and in a plain kernel under the same Python, and levels what differs from process to process."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import nbformat
from harness import PYTHON, HomeUnderTest, inherited_environment
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

from cellfarm.reference_kernel import wake_after_sending

Outputs = list[dict[str, Any]]

_TIMEOUT_SECONDS = 60


def in_kernel(cells: list[str], folder: Path, python: str = PYTHON) -> list[Outputs]:
    """Outputs of each cell, errors not ending the notebook."""
    specs = folder / "specs" / "plain"
    specs.mkdir(parents=True)
    argv = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (specs / "kernel.json").write_text(
        json.dumps({"argv": argv, "display_name": "plain", "language": "python"})
    )
    work = folder / "kernel"
    work.mkdir()
    manager = AsyncKernelManager(
        kernel_name="plain", kernel_spec_manager=KernelSpecManager(kernel_dirs=[str(specs.parent)])
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    client = NotebookClient(
        notebook,
        km=manager,
        allow_errors=True,
        timeout=_TIMEOUT_SECONDS,
        resources={"metadata": {"path": str(work)}},
    )
    client.on_notebook_start = lambda notebook: wake_after_sending(client.kc)

    async def play() -> None:
        try:
            await client.async_execute(env=inherited_environment())
        finally:
            await manager.shutdown_kernel(now=True)

    asyncio.run(play())
    return [[dict(output) for output in cell["outputs"]] for cell in notebook["cells"]]


def at_home(cells: list[str], folder: Path, python: str = PYTHON) -> list[Outputs]:
    """The same in home. Cells without code are not played, as nbclient does not."""
    work = folder / "home"
    work.mkdir()
    view = View()
    with HomeUnderTest(python, cwd=str(work)) as home:
        for index, cell in enumerate(cells):
            played = home.play(cell, cell=index, executionCount=view.count + 1) if cell.strip() else None
            if played is not None:
                view.count += 1
                for message in played.messages:
                    view.add(index, message)
    return [view.outputs.get(index, []) for index in range(len(cells))]


class View:
    """Folds output messages into nbformat outputs."""

    def __init__(self) -> None:
        self.count = 0
        self.outputs: dict[int, Outputs] = {}
        self._clears: set[int] = set()
        self._displays: dict[str, Outputs] = {}

    def add(self, cell: int, message: dict[str, Any]) -> None:
        kind, content = message["type"], message["content"]
        outputs = self.outputs.setdefault(cell, [])
        if kind == "clear_output":
            if content["wait"]:
                self._clears.add(cell)
            else:
                outputs.clear()
            return
        display_id = (content.get("transient") or {}).get("display_id")
        for shown in self._displays.get(display_id, []):
            shown["data"], shown["metadata"] = content["data"], content["metadata"]
        if kind == "update_display_data":
            return
        if cell in self._clears:
            outputs.clear()
            self._clears.discard(cell)
        output = {"output_type": kind, **{k: v for k, v in content.items() if k != "transient"}}
        outputs.append(output)
        if display_id is not None:
            self._displays.setdefault(display_id, []).append(output)


_LEVELLED = (
    (re.compile(r"(?m)^.*multi-threaded, use of fork\(\).*\n.*\n"), ""),  # home has one thread
    (re.compile(r"ipykernel_\d+"), "ipykernel_PID"),
    (re.compile(r"0x[0-9a-f]{6,}"), "0xADDRESS"),
    (re.compile(r"(?m)^(CPU times|Wall time).*$"), r"\1"),
    (re.compile(r"\b[0-9a-f]{32}\b"), "ID"),
    (re.compile(r"/(kernel|home)\b"), "/WORK"),
    (re.compile(r"Ran (\d+) tests? in [\d.]+s"), r"Ran \1 tests"),
    (re.compile(r"Process-\d+"), "Process-N"),
    (re.compile(r"<dc:date>[^<]*"), "<dc:date>"),
)


def levelled(outputs: Outputs) -> Outputs:
    """Text joined per stream between other outputs (a kernel sends its two streams in no sure order), levelled."""
    joined: Outputs = []
    texts: dict[str, str] = {}
    for output in [*outputs, None]:
        if output is not None and output["output_type"] == "stream":
            texts[output["name"]] = texts.get(output["name"], "") + output["text"]
            continue
        joined += [
            {"output_type": "stream", "name": name, "text": texts[name]}
            for name in sorted(texts, reverse=True)
        ]
        texts = {}
        if output is not None:
            joined.append(output)
    return [output for output in map(_levelled, joined) if output.get("text") != ""]


def lines_of(outputs: list[Outputs]) -> dict[str, list[str]]:
    """All text lines of a notebook by stream, sorted: for text whose place among the cells is not sure in a kernel."""
    lines: dict[str, list[str]] = {}
    for output in (output for cell in outputs for output in levelled(cell)):
        if output["output_type"] == "stream":
            lines.setdefault(output["name"], []).extend(output["text"].splitlines())
    return {name: sorted(texts) for name, texts in lines.items()}


def _levelled(value: Any) -> Any:
    if isinstance(value, str):
        for pattern, word in _LEVELLED:
            value = pattern.sub(word, value)
        return value
    if isinstance(value, dict):
        return {key: _levelled(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_levelled(item) for item in value]
    return value
