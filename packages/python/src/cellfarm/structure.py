"""Structural digests: equal for values of equal structure in any process, whatever their addresses and the hash seed.

Decides what is walked and how deep; how one value becomes tokens is `structure_tokens`'. A value of which it cannot be told (a
generator, a lock, an open file, a figure) has no digest.
"""

from __future__ import annotations

import hashlib
import re
import types
import warnings
from typing import Any, TypedDict

from cellfarm.structure_tokens import Tokens, Untellable, tokens_of

_TOKEN_LIMIT = 20_000_000
_FLUSH_BYTES = 1 << 16
_SHELL_NAMES = frozenset({"In", "Out", "get_ipython", "exit", "quit", "open", "display"})
_SHELL_PATTERN = re.compile(r"_+|_i{1,3}|_i?\d+|_[iod]h|__\w+__")


class Variable(TypedDict):
    """Type (`module.name`, builtins without their module) and digest of one variable; None where it cannot be told."""

    type: str
    digest: str | None


def digest(
    value: object,
    limit: int = _TOKEN_LIMIT,
    byte_limit: int | None = None,
    namespace: dict[str, Any] | None = None,
) -> str | None:
    """Structural digest of a value, 64 hexadecimal digits; None where it cannot be told.

    Args:
        value: anything.
        limit: objects looked at before it counts as not to be told.
        byte_limit: bytes of large data (arrays, long texts) before it counts as not to be told; None: no limit.
        namespace: when given, functions whose globals it is are digested with the global names that they may read.
    """
    try:
        return _Walk(limit, namespace, byte_limit).digest(value)
    except Untellable:
        return None


def digest_namespace(namespace: dict[str, Any]) -> dict[str, Variable]:
    """Type and digest of every variable of a notebook but modules and IPython's own names.

    Two names that share an object have digests that say so.
    """
    variables: dict[str, Variable] = {}
    seen: dict[int, tuple[str, int]] = {}
    kept: list[object] = []
    for name in sorted(namespace):
        value = namespace[name]
        if name in _SHELL_NAMES or _SHELL_PATTERN.fullmatch(name) or isinstance(value, types.ModuleType):
            continue
        variables[name] = {"type": type_name(type(value)), "digest": _with_sharing(name, value, seen, kept)}
    return variables


def type_name(kind: type) -> str:
    """`module.qualified_name` of a class; builtins without their module."""
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _with_sharing(
    name: str, value: object, seen: dict[int, tuple[str, int]], kept: list[object]
) -> str | None:
    walk = _Walk(_TOKEN_LIMIT, None)
    try:
        own = walk.digest(value)
    except Untellable:
        return None
    kept.append(walk)
    shared = []
    for address, place in walk.places.items():
        if address in seen:
            shared.append((place, *seen[address]))
        else:
            seen[address] = (name, place)
    if not shared:
        return own
    return hashlib.sha256(repr((own, shared)).encode()).hexdigest()


class _Walk:
    """One digest in the making: a preorder walk with a list of what is still to do, so that depth costs no stack."""

    def __init__(self, limit: int, namespace: dict[str, Any] | None, byte_limit: int | None = None) -> None:
        self._left = limit
        self._bytes_left = byte_limit
        self._namespace = namespace
        self._hash = hashlib.sha256()
        self._buffer = bytearray()
        self.places: dict[int, int] = {}
        """Order of the first visit of each object that can be changed, by address."""
        self._kept: list[object] = []

    def digest(self, value: object) -> str:
        todo: list[Any] = [value]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            while todo:
                item = todo.pop()
                if type(item) is Tokens:
                    self._emit(item)
                else:
                    self._visit(item, todo)
        self._hash.update(self._buffer)
        self._buffer.clear()
        return self._hash.hexdigest()

    def _visit(self, value: object, todo: list[Any]) -> None:
        self._left -= 1
        if self._left < 0:
            raise Untellable("it holds too many objects")
        place = self.places.get(id(value))
        if place is not None:
            self._emit(Tokens(f"same {place};".encode()))
            return
        try:
            described = tokens_of(value, self._namespace)
        except Untellable:
            raise
        except Exception as error:  # attributes and reducers of any class may raise anything
            raise Untellable(f"{type(error).__name__}: {error}") from error
        if described.changeable:
            self.places[id(value)] = len(self.places)
            self._kept.append(value)
        self._emit(described.tokens)
        if described.unordered is not None:
            inner = sorted(_Walk(self._left, self._namespace).digest(item) for item in described.unordered)
            self._emit(Tokens("".join(inner).encode()))
        todo.extend(reversed(described.children))

    def _emit(self, tokens: Tokens) -> None:
        for piece in tokens.pieces:
            if len(piece) >= _FLUSH_BYTES:
                self._spend(len(piece))
                self._hash.update(self._buffer)
                self._buffer.clear()
                self._hash.update(piece)
            else:
                self._buffer += piece
        if len(self._buffer) >= _FLUSH_BYTES:
            self._hash.update(self._buffer)
            self._buffer.clear()

    def _spend(self, count: int) -> None:
        if self._bytes_left is not None:
            self._bytes_left -= count
            if self._bytes_left < 0:
                raise Untellable("it holds too much data")
