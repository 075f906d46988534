"""Describes a loop of a cell as the compiler does."""

from __future__ import annotations

import ast
from typing import Any

from cellfarm.protocol.messages import LoopSite


def site(code: str, form: str, element: str, loop: type[ast.AST]) -> LoopSite:
    """The loop of that kind in `code` whose source holds `element`, as the compiler would describe it."""
    tree = ast.parse(code)

    def place(node: Any) -> Any:
        return {
            "line": node.lineno,
            "column": node.col_offset,
            "endLine": node.end_lineno,
            "endColumn": node.end_col_offset,
        }

    found = next(
        node
        for node in ast.walk(tree)
        if isinstance(node, loop) and element in (ast.get_source_segment(code, node) or "")
    )
    inner = next(
        node
        for node in ast.walk(found)
        if isinstance(node, ast.expr) and ast.get_source_segment(code, node) == element
    )
    return {  # type: ignore[typeddict-item]  # form is a plain string here
        "task": "c0.m0",
        "form": form,
        "span": place(found),
        "element": place(inner),
        "reads": [],
        "accumulators": [],
    }
