"""Shards in a worker: the function that was sent ahead, applied to the elements that a task brings, under the guards of a fork.

Decides how long a function is kept, and that one whose run broke a guard is read anew. How elements are computed is
`home.compute`'s.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import Any, NoReturn

from cellfarm.container import PicklerFactory, load
from cellfarm.frames import Frame, FrameStream
from cellfarm.home import audit
from cellfarm.home.baseline import unwatchable
from cellfarm.home.compute import Function, Outcome, broken_guard, compute
from cellfarm.home.guards import Guards
from cellfarm.home.reach import Reach
from cellfarm.home.recorder import Recorder
from cellfarm.home.references import ReferenceUnpickler, ResultPickler, names_in_memos
from cellfarm.home.shell import HomeShell
from cellfarm.home.warm_up import warm_up
from cellfarm.objects import Objects
from cellfarm.protocol import messages as m
from cellfarm.worker.reply import send_result

_FUNCTIONS_KEPT = 8


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A function with every object that came with it, by number."""

    function: Function
    memo: dict[int, Any]


class WorkerShards:
    """All functions and shards of one worker."""

    def __init__(self, stream: FrameStream, objects: Objects, home: HomeShell) -> None:
        self._stream = stream
        self._objects = objects
        self._home = home
        self._payloads: dict[bytes, bytes] = {}
        self._loaded: dict[bytes, _Loaded] = {}
        self._task: Frame | None = None
        self._began = 0.0

    def keep(self, frame: Frame) -> None:
        """Takes a function; it is read when its first task comes."""
        while len(self._payloads) >= _FUNCTIONS_KEPT:
            oldest = next(iter(self._payloads))
            self._payloads.pop(oldest)
            self._loaded.pop(oldest, None)
        self._payloads[frame.code] = bytes(frame.payload)

    def do(self, task: Frame) -> None:
        """Computes one task and sends its result."""
        self._task, self._began = task, time.perf_counter()
        outcome = self._outcome(task)
        if outcome.status != m.STATUS_OK:
            self._loaded.pop(task.code, None)
        self._send(outcome)

    def stop(self, reason: str) -> NoReturn:
        """Ends this process before the event that `reason` tells of."""
        with audit.allowed():
            self._send(Outcome(m.STATUS_REJECTED, reason, None))
            os._exit(0)

    def _send(self, outcome: Outcome) -> None:
        task, self._task = self._task, None
        if task is not None:
            send_result(
                self._stream, self._objects, task, self._began, outcome.status, outcome.reason, outcome.parts
            )

    def _outcome(self, task: Frame) -> Outcome:
        try:
            loaded = self._load(task.code)
            start, items, memo = self._load_items(task, loaded)
        except Exception as error:  # imports and reducers of any library may raise anything
            return Outcome(
                m.STATUS_UNSHIPPABLE, f"it cannot be read by a worker: {type(error).__name__}: {error}", None
            )
        namespace = _namespace_of(loaded, self._home)
        reach = Reach(namespace).walk([("the element's code", loaded.function), ("an element", items)])
        hidden = reach.refusal or unwatchable(reach)
        if hidden is not None:
            return Outcome(m.STATUS_UNSHIPPABLE, hidden, None)
        recorder = Recorder(self._home)
        try:
            guards = Guards(reach, namespace)
            with audit.enforced():
                outcome = compute(loaded.function, items, recorder, _pickler(loaded.memo, memo, start))
                return broken_guard(guards.violated, recorder) or outcome
        finally:
            recorder.remove()

    def _load(self, code: bytes) -> _Loaded:
        known = self._loaded.get(code)
        if known is not None:
            return known
        if code not in self._payloads:
            raise KeyError("its function was not sent ahead")
        self._set_parent()
        (_, function), memo = _read(self._payloads[code], {})
        warm_up()
        self._loaded[code] = loaded = _Loaded(function, memo)
        return loaded

    def _load_items(self, task: Frame, loaded: _Loaded) -> tuple[int, list[Any], dict[int, Any]]:
        packed = self._objects.unpack(task.payload, task.meta["object"])
        (start, items), memo = _read(packed, loaded.memo)
        return start, items, memo

    def _set_parent(self) -> None:
        """Output belongs to a cell; which one, home knows."""
        parent = {
            "header": {"msg_id": "shards", "msg_type": "execute_request", "session": "", "username": ""}
        }
        self._home.outlet.begin("shards", 0)
        self._home.kernel.set_parent([b"home"], {**parent, "content": {}, "metadata": {}}, channel="shell")


def _read(packed: Any, code_memo: dict[int, Any]) -> tuple[Any, dict[int, Any]]:
    unpicklers: list[ReferenceUnpickler] = []

    def factory(file: Any, buffers: Any) -> ReferenceUnpickler:
        unpicklers.append(ReferenceUnpickler(file, buffers, lambda reference: code_memo[reference[1]]))
        return unpicklers[0]

    value = load(packed, factory)
    return value, unpicklers[0].numbered()


def _pickler(code: dict[int, Any], items: dict[int, Any], start: int) -> PicklerFactory:
    name_of = names_in_memos(code, items, start)
    return lambda file, buffer_callback: ResultPickler(file, buffer_callback, name_of)


def _namespace_of(loaded: _Loaded, home: HomeShell) -> dict[str, Any]:
    names: dict[str, Any] = getattr(loaded.function, "__globals__", home.namespace)
    return names if names.get("__name__") == "__main__" else home.namespace
