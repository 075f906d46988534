"""What an element shows: collected where it is computed, shown again at home when it is the element's turn.

Text and displays are Jupyter's messages. A warning travels as a warning, because Python shows it once per place: home's own
registry decides whether it is shown, as it would have been.
"""

from __future__ import annotations

import os
import sys
import types
import warnings
from typing import Any, TypedDict

from cellfarm.home.fork import flush_c_streams
from cellfarm.home.shell import HomeShell


class ShownWarning(TypedDict):
    """A warning that passed the filters where the element was computed; `module` owns its registry."""

    message: Warning | str
    category: type[Warning]
    filename: str
    lineno: int
    module: str | None


class Recorder:
    """Collects what is shown in a process that computes shards, from its making until `remove`."""

    def __init__(self, home: HomeShell) -> None:
        self._home = home
        self._shown: list[Any] = []
        self._files = [captured.own for captured in home.captured.values()]
        self._sizes: list[int] = []
        self.foreign: str | None = None
        """Type of a widget's message to its page, if one was sent."""
        python: Any = warnings
        outlet = home.outlet
        self._before = (
            outlet.sink,
            outlet.comm,
            outlet.diverts,
            python._showwarnmsg_impl,
            python._filters_mutated,
        )
        self._forget = python._filters_mutated
        outlet.sink, outlet.comm, outlet.diverts = self._take, self._take_comm, None
        python._showwarnmsg_impl = self._take_warning
        python._filters_mutated = self._take_filters

    def remove(self) -> None:
        """Shows things again as before."""
        python: Any = warnings
        outlet = self._home.outlet
        outlet.sink, outlet.comm, outlet.diverts, python._showwarnmsg_impl, python._filters_mutated = (
            self._before
        )

    def begin(self) -> list[Any]:
        """From now on, what is shown goes to the list, until `end`."""
        shown: list[Any] = []
        self._shown = shown
        self._forget()
        once: dict[Any, Any] | None = getattr(warnings, "onceregistry", None)
        if once:
            once.clear()
        return shown

    def end(self) -> None:
        """The element is over: takes what it wrote and did not flush."""
        flush_c_streams()
        self._collect()
        self._shown = []

    def _collect(self) -> None:
        """Takes the text that waits; most elements have none, and asking costs little. What a finalizer prints meanwhile waits again."""
        out, err = self._home.streams
        while (
            (sizes := [os.fstat(file).st_size for file in self._files]) != self._sizes
            or out._unsent
            or err._unsent
        ):
            self._sizes = sizes
            self._home.flush()

    def _take(self, cell: int, type: str, content: dict[str, Any]) -> None:
        self._shown.append(("output", type, content))

    def _take_comm(self, type: str, content: dict[str, Any]) -> None:
        self.foreign = type

    def _take_filters(self) -> None:
        self._forget()
        self._flush()
        self._shown.append(("filters", None))

    def _take_warning(self, warning: Any) -> None:
        self._flush()
        self._shown.append(
            (
                "warning",
                {
                    "message": warning.message,
                    "category": warning.category,
                    "filename": warning.filename,
                    "lineno": warning.lineno,
                    "module": _owner(warning.filename, warning.lineno),
                },
            )
        )

    def _flush(self) -> None:
        for stream in self._home.streams:
            stream.flush()


def _owner(filename: str, line: int) -> str | None:
    """Name of the module whose code at that place warned: it keeps the registry of what was shown."""
    frame: types.FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename == filename and frame.f_lineno == line:
            name = frame.f_globals.get("__name__")
            return name if isinstance(name, str) else None
        frame = frame.f_back
    return None


def show_again(shown: list[Any], home: HomeShell) -> None:
    """Shows at home, in the present cell, what an element showed elsewhere."""
    for entry in shown:
        if entry[0] == "output":
            _show_output(entry[1], entry[2], home)
        elif entry[0] == "filters":
            python: Any = warnings
            python._filters_mutated()
        else:
            _warn_again(entry[1])


def _show_output(type: str, content: dict[str, Any], home: HomeShell) -> None:
    if type == "stream":
        home.streams[0 if content["name"] == "stdout" else 1].write(content["text"])
        return
    for stream in home.streams:
        stream.flush()
    home.outlet.publish(type, content, home.kernel.get_parent("shell")["header"]["msg_id"])


def _warn_again(warning: ShownWarning) -> None:
    module = sys.modules.get(warning["module"]) if warning["module"] is not None else None
    registry = None if module is None else module.__dict__.setdefault("__warningregistry__", {})
    warnings.warn_explicit(
        warning["message"],
        warning["category"],
        warning["filename"],
        warning["lineno"],
        warning["module"],
        registry,
    )
