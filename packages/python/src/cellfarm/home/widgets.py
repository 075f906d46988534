"""ipywidgets' Output widget without a page: outputs that a cell diverts into it become the widget's state.

Decides which outputs are diverted (those of a cell whose id some widget has taken, the newest widget first)
and hands the state back between cells, as a page would. Other widgets need nothing: they hold their state
themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cellfarm.home.outlet import Content, Outlet

_OUTPUT_MODEL = "OutputModel"
_FIELDS = ("metadata", "data", "execution_count", "name", "ename", "evalue", "text", "traceback")
"""Fields of an output in nbformat, in its order."""


@dataclass(slots=True)
class _OutputWidget:
    outputs: list[dict[str, Any]] = field(default_factory=list)
    parent: str = ""
    clears: bool = False
    changed: bool = False

    def take(self, type: str, content: Content) -> None:
        self.changed = True
        if type == "clear_output":
            if content.get("wait"):
                self.clears = True
            else:
                self.outputs = []
            return
        if self.clears:
            self.outputs = []
            self.clears = False
        last = self.outputs[-1] if self.outputs else None
        joins = (
            last is not None and type == "stream" == last["output_type"] and last["name"] == content["name"]
        )
        if last is not None and joins:
            last["text"] += content["text"]
        else:
            kept = {name: content[name] for name in _FIELDS if name in content}
            self.outputs.append({"output_type": type, **kept})


class OutputWidgets:
    """All Output widgets of one home."""

    def __init__(self, outlet: Outlet, comm_manager: Any) -> None:
        self._widgets: dict[str, _OutputWidget] = {}
        self._takers: dict[str, list[_OutputWidget]] = {}
        self._comm_manager = comm_manager
        outlet.comm = self.hear
        outlet.diverts = self.divert

    def hear(self, type: str, content: Content) -> None:
        """Takes a message from a widget to its page."""
        id = str(content.get("comm_id"))
        if type == "comm_close":
            self._widgets.pop(id, None)
            return
        data = content.get("data")
        state = data.get("state") if isinstance(data, dict) else None
        if not isinstance(state, dict):
            return
        if type == "comm_open" and state.get("_model_name") == _OUTPUT_MODEL:
            self._widgets[id] = _OutputWidget(list(state.get("outputs") or ()))
        widget = self._widgets.get(id)
        if widget is not None and "msg_id" in state:
            self._set_parent(widget, str(state["msg_id"] or ""))

    def divert(self, type: str, content: Content, parent: str) -> bool:
        """Takes an output of the cell with that parent id if a widget has asked for them."""
        takers = self._takers.get(parent)
        if not takers or type == "update_display_data":
            return False
        takers[-1].take(type, content)
        return True

    def settle(self) -> None:
        """Tells each widget what it shows now; called between cells."""
        for id, widget in self._widgets.items():
            if not widget.changed:
                continue
            widget.changed = False
            data = {"method": "update", "state": {"outputs": widget.outputs}, "buffer_paths": []}
            message = {"content": {"comm_id": id, "data": data}, "buffers": [], "metadata": {}}
            self._comm_manager.comm_msg(None, None, message)

    def _set_parent(self, widget: _OutputWidget, parent: str) -> None:
        if widget.parent:
            takers = self._takers[widget.parent]
            takers.remove(widget)
            if not takers:
                del self._takers[widget.parent]
        widget.parent = parent
        if parent:
            self._takers.setdefault(parent, []).append(widget)
