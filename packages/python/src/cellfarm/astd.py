"""CPython's word on Python source: `python -m cellfarm.astd` reads one JSON question a line and answers each in a line.

In: `{"id": text, "source": text}`. Out: `{"id", "tree"}` with the syntax tree in the shape the compiler knows, or
`{"id", "syntaxError": {"line", "column", "message"}}`. Whom to ask about what is the compiler's business. Needs nothing
but the standard library, so that it runs under the notebook's own interpreter.
"""

from __future__ import annotations

import ast
import json
import sys
import warnings
from typing import TypedDict

_DEEPEST = 5000
"""Recursion limit while trees are written; deeper source is answered as too deep."""

_OPERATORS = (ast.boolop, ast.operator, ast.unaryop, ast.cmpop, ast.expr_context)


class SyntaxProblem(TypedDict):
    """Where and why CPython refuses a text: line from 1, column from 0 in UTF-16 units."""

    line: int
    column: int
    message: str


def answer(question: dict[str, str]) -> dict[str, object]:
    """Parses and checks the source of one question.

    Args:
        question: `id` and `source`; the source is Python without IPython's own syntax.

    Returns:
        `id` with `tree` or with `syntaxError`. Never raises for bad source.
    """
    source = question["source"]
    try:
        tree = ast.parse(source, "<cell>")
        # Some errors show only when names are resolved: `return` outside a function, a parameter twice.
        compile(tree, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        return {"id": question["id"], "tree": node_to_json(tree)}
    except SyntaxError as error:
        return {"id": question["id"], "syntaxError": _problem(error, source)}
    except (RecursionError, MemoryError):
        return {"id": question["id"], "syntaxError": _at_start("too deeply nested")}
    except (ValueError, OverflowError) as error:
        return {"id": question["id"], "syntaxError": _at_start(str(error))}


def node_to_json(node: ast.AST) -> dict[str, object]:
    """A node as an object: `nodeType`, the fields that are not None, and the position where it has one."""
    name = type(node).__name__
    result: dict[str, object] = {"nodeType": _capitalised(name)}
    if isinstance(node, _OPERATORS):
        return result
    if isinstance(node, ast.Constant):
        result.update(_constant(node.value))
    else:
        for field, value in ast.iter_fields(node):
            if value is not None or (isinstance(node, ast.Dict) and field == "keys"):
                result[field] = _field(value)
    for position in ("lineno", "col_offset", "end_lineno", "end_col_offset"):
        if hasattr(node, position):
            result[position] = getattr(node, position)
    return result


def _capitalised(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("_")) if name[0].islower() else name


def _field(value: object) -> object:
    if isinstance(value, ast.AST):
        return node_to_json(value)
    if isinstance(value, list):
        return [_field(item) for item in value]
    if value is None or isinstance(value, (str, int)):
        return value
    return None  # the value of `case None`, `case 1j`: which one does not matter


def _constant(value: object) -> dict[str, object]:
    if isinstance(value, str):
        # A lone surrogate cannot be written as JSON in UTF-8.
        return {"value": value.encode("utf-8", "replace").decode("utf-8"), "quote_style": "'"}
    if isinstance(value, bytes):
        return {"value": value.decode("latin-1"), "quote_style": "b'"}
    if value is None or isinstance(value, bool):
        return {"value": value}
    if isinstance(value, int) and abs(value) < 2**53:
        return {"value": value}
    if isinstance(value, float) and value == value and abs(value) != float("inf"):
        return {"value": value}
    return {"value": {"text": str(type(value).__name__)}}


def _utf16_column(line: str, characters: int) -> int:
    return sum(2 if ord(character) > 0xFFFF else 1 for character in line[:characters])


def _problem(error: SyntaxError, source: str) -> SyntaxProblem:
    lines = source.split("\n")
    number = min(max(error.lineno or 1, 1), max(len(lines), 1))
    column = _utf16_column(lines[number - 1], max((error.offset or 1) - 1, 0))
    return {"line": number, "column": column, "message": error.msg}


def _at_start(message: str) -> SyntaxProblem:
    return {"line": 1, "column": 0, "message": message}


def main() -> None:
    """Answers until standard input ends."""
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(_DEEPEST)
    output = open(1, "w", encoding="utf-8", newline="\n", closefd=False)
    for line in open(0, encoding="utf-8", closefd=False):
        if line.strip():
            json.dump(answer(json.loads(line)), output, ensure_ascii=True, separators=(",", ":"))
            output.write("\n")
            output.flush()


if __name__ == "__main__":
    main()
