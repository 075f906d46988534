"""Finds the loops of a test's cell that may leave, as the compiler would for a cell with role `map`."""

from __future__ import annotations

import ast
from typing import Any


def loop_sites(code: str, shippable: bool) -> list[dict[str, Any]]:
    """Sites of the comprehensions, `list(map(f, xs))` calls and append loops of a cell, in document order."""
    found: list[dict[str, Any]] = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ListComp) and not node.generators[0].ifs:
            found.append(_site("comprehension", node, node.elt, [], shippable))
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "list" and _is_map(node.args[0]):
            found.append(_site("map-call", node, node.args[0].args[0], [], shippable))
        elif isinstance(node, ast.For) and len(node.body) == 1 and _is_append(node.body[0]):
            call = node.body[0].value
            found.append(_site("append-loop", node, call.args[0], [ast.unparse(call.func.value)], shippable))
    found.sort(key=lambda site: (site["span"]["line"], site["span"]["column"]))
    for number, site in enumerate(found):
        site["task"] = f"c0.m{number}"
    return found


def _is_map(node: Any) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "map"


def _is_append(node: Any) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and ast.unparse(node.value).find(".append(") > 0
    )


def _site(form: str, whole: Any, element: Any, accumulators: list[str], shippable: bool) -> dict[str, Any]:
    reads = sorted({node.id for node in ast.walk(element) if isinstance(node, ast.Name)})
    return {
        "task": "c0.m0",
        "form": form,
        "span": _span(whole),
        "element": _span(element),
        "reads": reads,
        "accumulators": accumulators,
        "shippable": shippable,
    }


def _span(node: Any) -> dict[str, int]:
    return {
        "line": node.lineno,
        "column": node.col_offset,
        "endLine": node.end_lineno,
        "endColumn": node.end_col_offset,
    }
