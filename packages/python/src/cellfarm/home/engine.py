"""The map engine: what a prepared loop calls at home, as the builtin `__cellfarm__`.

Decides when a loop is offered (at its first element, or after a short probe of a long one) and hands elements and values to the
user's own loop, one by one. No frame of this file is on the stack while user code runs, so tracebacks are a kernel's.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from cellfarm.frames import HOME_SLOT, Frame, FrameStream
from cellfarm.home.code_around import code_around
from cellfarm.home.compute import Function
from cellfarm.home.departure import Departure, StaysHome, decide
from cellfarm.home.domain import snapshot
from cellfarm.home.fork import reap
from cellfarm.home.open_map import Offer, OpenMap, Surroundings
from cellfarm.home.reach import Reach
from cellfarm.home.references import CannotShip
from cellfarm.home.shell import HomeShell
from cellfarm.objects import Objects
from cellfarm.protocol import messages as m
from cellfarm.structure import digest

if TYPE_CHECKING:
    from cellfarm.home.shipment import Shipment

_PROBE_FROM = 512
"""Elements from which on a loop is probed first."""
_PROBE_SECONDS = 0.002
_GRAIN_SECONDS = 0.010
"""A loop whose rest takes less than this stays at home."""
_HAND_OUT_SECONDS = 50e-6
"""What handing out one element costs, at least: an element that takes less is computed sooner at home."""
_INPUT_OBJECTS = 500_000
_INPUT_BYTES = 256 << 20
"""Inputs above these are not digested: it would take longer than it may save."""
_END = object()


class MapEngine:
    """Serves the loops of one home, one at a time.

    Args:
        stream: the dialogue with the service; read here while a map is open.
        objects: where large values lie.
        home: the shell that plays the cells.
        door: path of the agent's Unix socket, which shards join.
        objects_folder: the folder behind `objects`; None where none is shared.
    """

    def __init__(
        self, stream: FrameStream, objects: Objects, home: HomeShell, door: str, objects_folder: str | None
    ) -> None:
        self._around = Surroundings(stream, objects, home, door, objects_folder, set())
        self._play: m.PlayMeta | None = None
        self._occurrences: dict[int, int] = {}
        self._map: OpenMap | None = None

    # ---- called by the player

    def begin_cell(self, play: m.PlayMeta) -> None:
        """A cell begins to play; its loops are known by their numbers from now on."""
        self._play = play
        self._occurrences.clear()
        reap(self._around.children)

    def end_cell(self) -> None:
        """The cell has ended, also by an exception: no map stays open."""
        self._leave("the loop was left")
        self._play = None
        reap(self._around.children)

    # ---- called by the cell

    def over(self, k: int, iterable: Any, function: Function) -> Any:
        """What the loop number `k` iterates over: the same elements in the same order."""
        self._leave("another loop began")
        site = self._site(k)
        if site is None or self._play is None:
            return iterable
        items = snapshot(iterable)
        if items is None:
            self._note(
                "iterates-lazily",
                f"{type(iterable).__name__} computes its elements one by one, so the loop stays home",
                k,
            )
            return iterable
        if len(items) < 2 or self._play["workers"] == 0:
            return iterable
        return itertools.chain.from_iterable(self._elements(k, iter(iterable), items, function, function))

    def have(self) -> bool:
        """Whether the value of the present element was computed elsewhere; False: compute it here."""
        return self._map is not None and self._map.have()

    def next(self) -> Any:
        """The value of the present element, after `have` said yes."""
        if self._map is None:
            raise RuntimeError("no map is open")
        return self._map.take()

    def mapped(self, k: int, f: Callable[[Any], Any], iterable: Iterable[Any]) -> Iterator[Any]:
        """What `map(f, iterable)` gives; its elements may be computed elsewhere."""
        self._leave("another loop began")
        tail = map(f, iterable)
        site = self._site(k)
        items = None if site is None or self._play is None or not callable(f) else snapshot(iterable)
        if items is None or len(items) < 2 or self._play is None or self._play["workers"] == 0:
            return tail
        rest = iter(iterable)
        return itertools.chain.from_iterable(self._results(k, f, rest, items))

    # ---- one loop

    def _probes(self, items: Sequence[Any]) -> bool:
        return self._play is not None and self._play["probe"] and len(items) >= _PROBE_FROM

    def _elements(
        self, k: int, rest: Iterator[Any], items: Sequence[Any], function: Function, code: Any
    ) -> Iterator[Iterable[Any]]:
        """Pieces of the iteration: single elements while the loop is probed or open, then the user's iterator itself."""
        at = 0
        if self._probes(items):
            probe = _Probe(len(items))
            while probe.goes_on(at):
                yield itertools.islice(rest, 1)
                at += 1
            if probe.is_below_grain(at):
                self._note("below-grain", "the loop takes less time than handing it out", k)
                yield rest
                return
        opened = self._open(k, items, at, function, code)
        if opened is None:
            yield rest
            return
        try:
            while opened.is_open and next(rest, _END) is not _END:
                yield (items[opened.next],)
            yield rest
        finally:
            self._close(opened)

    def _results(
        self, k: int, f: Callable[[Any], Any], rest: Iterator[Any], items: Sequence[Any]
    ) -> Iterator[Iterable[Any]]:
        """The same for `map`: single values, then a real map over what is left."""
        at = 0
        if self._probes(items):
            probe = _Probe(len(items))
            while probe.goes_on(at):
                yield map(f, itertools.islice(rest, 1))
                at += 1
            if probe.is_below_grain(at):
                self._note("below-grain", "the loop takes less time than handing it out", k)
                yield map(f, rest)
                return
        opened = self._open(k, items, at, lambda elements: [f(element) for element in elements], f)
        if opened is None:
            yield map(f, rest)
            return
        try:
            while opened.is_open and opened.have():
                next(rest, None)
                yield (opened.take(),)
            yield map(f, rest)
        finally:
            self._close(opened)

    def _open(
        self, k: int, items: Sequence[Any], start: int, function: Function, code: Any
    ) -> OpenMap | None:
        site = self._site(k)
        if site is None or self._play is None:
            return None
        home = self._around.home
        try:
            departure = decide(site, function, code, items, home, self._play["fork"])
            shipped = self._shipped(departure, function)
        except StaysHome as stays:
            self._note(stays.code, stays.text, k)
            return None
        home.flush()
        occurrence = self._occurrences.get(k, 0)
        self._occurrences[k] = occurrence + 1
        inputs = self._inputs(site, code, items, departure.reach)
        offer = Offer(site["task"], occurrence, items, start, inputs, function, departure.reach, shipped)
        self._map = opened = OpenMap(offer, self._around)
        return opened

    def _inputs(self, site: m.PlayMetaLoopsItem, code: Any, items: Sequence[Any], reach: Reach) -> str | None:
        """Digest of all that the results depend on; a later home that reaches this loop may then use them again."""
        namespace = self._around.home.namespace
        read = {name: namespace[name] for name in sorted(site["reads"]) if name in namespace}
        inputs = [code, items, read, reach.shape(), code_around(reach)]
        return digest(inputs, _INPUT_OBJECTS, _INPUT_BYTES, namespace)

    def _shipped(self, departure: Departure, function: Function) -> Shipment | None:
        if departure.way == "fork":
            return None
        from cellfarm.home.shipment import Shipment

        try:
            return Shipment(function, departure.reach, self._around.objects)
        except CannotShip as problem:
            raise StaysHome("not-shippable", f"the loop's code cannot leave by value: {problem}") from None

    def _close(self, opened: OpenMap) -> None:
        opened.close(opened.next, "the loop was left")
        if self._map is opened:
            self._map = None

    def _leave(self, reason: str) -> None:
        if self._map is not None:
            self._map.close(self._map.next, reason)
            self._map = None

    def _site(self, k: int) -> m.PlayMetaLoopsItem | None:
        if self._play is None or not 0 <= k < len(self._play["loops"]):
            return None
        return self._play["loops"][k]

    def _note(self, code: str, text: str, k: int) -> None:
        if self._play is None:
            return
        line = self._play["loops"][k]["span"]["line"]
        meta = {"level": "info", "code": code, "text": f"line {line}: {text}", "cell": self._play["cell"]}
        self._around.stream.write(Frame(m.FRAME_NOTE, meta, slot=HOME_SLOT))


class _Probe:
    """Measures the first elements of a long loop, computed at home, and projects the rest."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._began = time.perf_counter()

    def goes_on(self, done: int) -> bool:
        return done < self._count and time.perf_counter() - self._began < _PROBE_SECONDS

    def is_below_grain(self, done: int) -> bool:
        each = (time.perf_counter() - self._began) / max(done, 1)
        return each < _HAND_OUT_SECONDS or each * (self._count - done) < _GRAIN_SECONDS
