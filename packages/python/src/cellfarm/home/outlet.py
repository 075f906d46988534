"""Where output messages leave: from Jupyter's messages to `output` frames of the cell they belong to.

Decides which cell a message belongs to (the one whose parent it carries) and what is sent on. What the
messages say is ipykernel's; a shard or a worker puts a sink of its own in place of the frames.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from jupyter_client.jsonutil import json_clean, json_default

OUTPUT_TYPES = frozenset(
    ("stream", "display_data", "execute_result", "error", "clear_output", "update_display_data")
)
Content = dict[str, Any]
Message = tuple[str, Content]
"""Type and content of one output."""
Sink = Callable[[int, str, Content], None]
"""Takes cell index, type and content."""

_TEXT_LIMIT = 1 << 20


def plain_json(value: Any) -> Any:
    """`value` as JSON can say it: bytes as base64, numbers that JSON lacks by their names, keys as text."""
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        cleaned = _named_numbers(json_clean(value))
        return json.loads(json.dumps(cleaned, default=json_default, allow_nan=False))
    return value


def _named_numbers(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return repr(value)
    if isinstance(value, dict):
        return {str(key): _named_numbers(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_named_numbers(item) for item in value]
    return value


class Outlet:
    """Sends outputs to the cell they belong to."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.cell: int | None = None
        """Index of the cell that plays; None before the first."""
        self.comm: Callable[[str, Content], None] | None = None
        """Told type and content of each message from a widget to its page."""
        self.diverts: Callable[[str, Content, str], bool] | None = None
        """Asked with type, content and parent id whether an output goes elsewhere."""
        self._cells: dict[str, int] = {}

    def begin(self, parent: str, cell: int) -> None:
        """Messages with the parent id `parent` belong to `cell`, also when they come late."""
        self._cells[parent] = cell
        self.cell = cell

    def publish(self, type: str, content: Content, parent: str | None) -> None:
        """Sends one message of the iopub channel on; what is no output, or belongs to no cell, is dropped."""
        if type.startswith("comm_"):
            if self.comm is not None:
                self.comm(type, content)
            return
        cell = self._cells.get(parent) if parent is not None else None
        if cell is None or parent is None or type not in OUTPUT_TYPES:
            return
        if self.diverts is not None and self.diverts(type, content, parent):
            return
        self._send(cell, type, content)

    def emit(self, type: str, content: Content) -> None:
        """An output of the cell that plays."""
        if self.cell is not None:
            self._send(self.cell, type, content)

    @contextmanager
    def captured(self) -> Iterator[list[Message]]:
        """Within it, outputs are collected instead of sent."""
        messages: list[Message] = []
        before = self.sink
        self.sink = lambda cell, type, content: messages.append((type, content))
        try:
            yield messages
        finally:
            self.sink = before

    def _send(self, cell: int, type: str, content: Content) -> None:
        if type != "stream":
            self.sink(cell, type, plain_json(content))
            return
        text = content["text"]
        for start in range(0, len(text), _TEXT_LIMIT):
            self.sink(cell, type, {"name": content["name"], "text": text[start : start + _TEXT_LIMIT]})
