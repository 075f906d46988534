"""What the fake service saw: the record of one map, of one played cell, and of one cell that left home."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cellfarm.frames import Frame


@dataclass
class MapRecord:
    """What was seen of one map."""

    over: dict[str, Any]
    payload: bytes
    code: bytes
    plan: list[list[int]] = field(default_factory=list)
    first: int = 0
    results: dict[int, Frame] = field(default_factory=dict)
    closed: dict[str, Any] | None = None

    def statuses(self) -> list[int]:
        return [self.results[key].status for key in sorted(self.results)]

    def reasons(self) -> list[str]:
        return [self.results[key].meta["reason"] for key in sorted(self.results)]


@dataclass
class Play:
    """What came of one cell."""

    outputs: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    maps: list[MapRecord] = field(default_factory=list)
    error: dict[str, Any] | None = None

    def text(self, name: str = "stdout") -> str:
        return "".join(c["text"] for t, c in self.outputs if t == "stream" and c["name"] == name)

    def result(self) -> str:
        (text,) = [c["data"]["text/plain"] for t, c in self.outputs if t == "execute_result"]
        return text

    def note_codes(self) -> list[str]:
        return [note["code"] for note in self.notes]


@dataclass
class Away:
    """What came of a cell that left."""

    refused: str | None = None
    status: int | None = None
    reason: str = ""
    notes: list[str] = field(default_factory=list)
    outputs: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
