"""What a cell declares: the functions in it that cellfarm's decorators mark, and the words of a `%%cellfarm` line.

Looks at the cell's source and, for the marks, at the functions that it left behind. Runs nothing of the user's.
"""

from __future__ import annotations

import ast
import json
import re
import types
from collections.abc import Mapping
from typing import Any, TypedDict

from cellfarm.decorators import ATTRIBUTE

_MAGIC_LINE = re.compile(r"\s*%%cellfarm(?!\S)([^\r\n]*)")
_DECORATOR = re.compile(r"^[ \t]*@", re.MULTILINE)
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_QUOTED = re.compile(r"([\"'])(.*)\1")


class MarkedFunction(TypedDict):
    """A function and what its decorator says of it; options hold JSON only."""

    name: str
    line: int
    role: str
    target: str
    resources: dict[str, Any]
    options: dict[str, Any]


def marked_functions(source: str, namespace: Mapping[str, Any]) -> list[MarkedFunction]:
    """The functions of a cell's top level that are marked, in their order.

    Args:
        source: Python, as the cell became after IPython's own syntax was taken out. namespace: after it was run.
    """
    if _DECORATOR.search(source) is None:
        return []
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return []
    found = []
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.decorator_list:
            directive = _directive_of(namespace.get(node.name))
            if directive is not None:
                found.append(_marked(node, directive))
    return found


def magic_tags(source: str) -> dict[str, Any] | None:
    """The tags of a first line `%%cellfarm role=map target=docker gpus=1`; None where the cell does not begin so.

    What is allowed is the compiler's to say (packages/compiler/src/read-tags.ts), which reads the line in the same way.
    """
    line = _MAGIC_LINE.match(source)
    if line is None:
        return None
    tags: dict[str, Any] = {}
    resources: dict[str, Any] = {}
    for word in line[1].split():
        key, _, text = word.partition("=")
        text = _QUOTED.sub(r"\2", text) if _QUOTED.fullmatch(text) else text
        if key in ("role", "target"):
            tags[key] = text
        else:
            resources[key] = json.loads(text) if _NUMBER.fullmatch(text) else text
    return {**tags, "resources": resources}


def _directive_of(value: object) -> dict[str, Any] | None:
    """Read without touching a value of another kind, whose attributes may do anything."""
    directive = vars(value).get(ATTRIBUTE) if isinstance(value, types.FunctionType) else None
    return directive if isinstance(directive, dict) else None


def _marked(node: ast.FunctionDef | ast.AsyncFunctionDef, directive: dict[str, Any]) -> MarkedFunction:
    return {
        "name": node.name,
        "line": node.lineno,
        "role": directive["role"],
        "target": directive["target"],
        "resources": directive["resources"],
        "options": {name: _plain(value) for name, value in directive["options"].items()},
    }


def _plain(value: object) -> object:
    """A value as JSON has it: itself, or how it is written where JSON has no such thing."""
    if value is None or type(value) in (bool, int, float, str):
        return value
    return (
        object.__repr__(value) if type(value).__repr__ is object.__repr__ else f"<{type(value).__qualname__}>"
    )
