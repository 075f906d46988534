"""Shards in a worker: the function that was sent ahead, applied to the elements that a task brings, under the guards of a fork.

Decides how long a function is kept with its guards, and that one whose run broke a guard is read anew. How elements are computed is
`home.compute`'s, how results travel `home.answers`'.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import Any, NoReturn

from cellfarm.container import PicklerFactory, load
from cellfarm.frames import Frame, FrameStream
from cellfarm.home import audit
from cellfarm.home.answers import Answer, Answers
from cellfarm.home.baseline import Baseline, unwatchable
from cellfarm.home.compute import Function, Outcome, broken_guard, compute, failed
from cellfarm.home.guards import Guards
from cellfarm.home.reach import Reach
from cellfarm.home.recorder import Recorder
from cellfarm.home.references import Names, ReferenceUnpickler, ResultPickler, names_in_memos, names_of_code
from cellfarm.home.shell import HomeShell
from cellfarm.home.warm_up import warm_up
from cellfarm.objects import Objects
from cellfarm.protocol import messages as m

_FUNCTIONS_KEPT = 8


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A function with every object that came with it, by number, and what watches them.

    Attributes:
        function: the element's code.
        memo: the objects by number.
        names: references to them.
        namespace: its global names.
        guards: made before its first element.
        recorder: collects what its elements show.
    """

    function: Function
    memo: dict[int, Any]
    names: Names
    namespace: dict[str, Any]
    guards: Guards
    recorder: Recorder


@dataclass(frozen=True, slots=True)
class _Items:
    """The elements of one task: the first's index, themselves, every object among them by number, their state before."""

    start: int
    values: list[Any]
    memo: dict[int, Any]
    baseline: Baseline


class _CannotBeWatched(Exception):
    """Something cannot be told to be unchanged; the text says what."""


class WorkerShards:
    """All functions and shards of one worker."""

    def __init__(self, stream: FrameStream, objects: Objects, home: HomeShell) -> None:
        self._objects = objects
        self._home = home
        self._payloads: dict[bytes, bytes] = {}
        self._loaded: tuple[bytes, _Loaded] | None = None
        """The function of the last task, by its digest."""
        self._answers = Answers(stream, objects)
        self._items: list[_Items] = []
        """Elements whose results wait for the guards. Results may refer to them, so they are kept until these are sent."""
        self._present: tuple[Frame, float] | None = None

    def keep(self, frame: Frame) -> None:
        """Takes a function; it is read when its first task comes."""
        while len(self._payloads) >= _FUNCTIONS_KEPT:
            self._payloads.pop(next(iter(self._payloads)))
        self._payloads[frame.code] = bytes(frame.payload)

    def do(self, task: Frame) -> None:
        """Computes one task; its result is sent by `settle`, which comes when some have waited long enough."""
        if self._loaded is not None and self._loaded[0] != task.code:
            self.release()
        if not self._answers.continues(task.task):
            self.settle()
        self._present = (task, time.perf_counter())
        try:
            loaded = self._load(task.code)
            items = self._load_items(task, loaded)
        except _CannotBeWatched as hidden:
            self._keep(failed(m.STATUS_UNSHIPPABLE, str(hidden)), _no_names)
        except Exception as error:  # imports and reducers of any library may raise anything
            reason = f"it cannot be read by a worker: {type(error).__name__}: {error}"
            self._keep(failed(m.STATUS_UNSHIPPABLE, reason), _no_names)
        else:
            self._items.append(items)
            with audit.enforced():
                outcome = compute(loaded.function, items.values, loaded.recorder)
            self._keep(outcome, _pickler(loaded.names, items))
            if outcome.status != m.STATUS_OK:
                self.release()
        if self._answers.is_due:
            self.settle()

    def settle(self) -> None:
        """Asks the guards and sends the results that wait: what broke one may have touched them all."""
        if not self._answers:
            return
        broken = None if self._loaded is None else broken_guard(self._violated, self._loaded[1].recorder)
        self._answers.send(broken)
        self._items.clear()
        if broken is not None:
            self._forget()

    def release(self) -> None:
        """Sends what waits and forgets the function: the next one, or a cell, finds the process without its guards."""
        self.settle()
        self._forget()

    def stop(self, reason: str) -> NoReturn:
        """Ends this process before the event that `reason` tells of."""
        with audit.allowed():
            broken = None
            if self._answers and self._loaded is not None:
                broken = broken_guard(self._violated, self._loaded[1].recorder)
            self._keep(failed(m.STATUS_REJECTED, reason), _no_names)
            self._answers.send(broken)
            self._objects.settle()
            os._exit(0)

    def _violated(self) -> str | None:
        if self._loaded is None:
            return None
        return self._loaded[1].guards.violated() or next(
            (changed for items in self._items if (changed := items.baseline.changed()) is not None), None
        )

    def _forget(self) -> None:
        if self._loaded is not None:
            self._loaded[1].recorder.remove()
            self._loaded = None

    def _keep(self, outcome: Outcome, pickler: PicklerFactory) -> None:
        if self._present is None:
            return
        (task, began), self._present = self._present, None
        milliseconds = (time.perf_counter() - began) * 1000
        self._answers.add(Answer(task, task.task, outcome, milliseconds, pickler), began)

    def _load(self, code: bytes) -> _Loaded:
        if self._loaded is not None:
            return self._loaded[1]
        if code not in self._payloads:
            raise KeyError("its function was not sent ahead")
        self._set_parent()
        (_, function), memo = _read(self._payloads[code], {})
        warm_up()
        namespace = _namespace_of(function, self._home)
        reach = Reach(namespace).walk([("the element's code", function)])
        hidden = reach.refusal or unwatchable(reach)
        if hidden is not None:
            raise _CannotBeWatched(hidden)
        loaded = _Loaded(
            function, memo, names_of_code(memo), namespace, Guards(reach, namespace), Recorder(self._home)
        )
        self._loaded = (code, loaded)
        return loaded

    def _load_items(self, task: Frame, loaded: _Loaded) -> _Items:
        packed = self._objects.unpack(task.payload, task.meta["object"])
        (start, items), memo = _read(packed, loaded.memo)
        reach = Reach(loaded.namespace).walk([("an element", items)])
        hidden = reach.refusal or unwatchable(reach)
        if hidden is not None:
            raise _CannotBeWatched(hidden)
        return _Items(start, items, memo, Baseline(reach))

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


def _pickler(code: Names, items: _Items) -> PicklerFactory:
    name_of = names_in_memos(code, items.memo, items.start)
    return lambda file, buffer_callback: ResultPickler(file, buffer_callback, name_of)


def _no_names(file: Any, buffer_callback: Any) -> ResultPickler:
    return ResultPickler(file, buffer_callback, lambda value: None)


def _namespace_of(function: Function, home: HomeShell) -> dict[str, Any]:
    names: dict[str, Any] = getattr(function, "__globals__", home.namespace)
    return names if names.get("__name__") == "__main__" else home.namespace
