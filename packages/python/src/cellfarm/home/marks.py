"""Keeps IPython's mark on the failing call right in a prepared cell under Python 3.10.

From 3.11 on each instruction knows its place in the source. Before, the library `executing` finds the call
by compiling the source again and comparing instructions, so it has to be given the tree that really ran.
"""

from __future__ import annotations

import ast
import copy
import sys
from collections import defaultdict
from typing import Any

from cellfarm.home.rewrite import is_elements_function

NEEDED = sys.version_info < (3, 11)


def follow_prepared_tree(tree: ast.Module, file_name: str) -> None:
    """Lets tracebacks through the cell with that file name be read with `tree` instead of the source's own tree."""
    try:
        from stack_data.core import Source
    except ImportError:  # this IPython marks nothing
        return
    source: Any = Source.for_filename(file_name)
    if source.tree is None or not hasattr(source, "_nodes_by_line"):
        return
    prepared = copy.deepcopy(tree)
    by_line: dict[int, list[ast.AST]] = defaultdict(list)
    for node in ast.walk(prepared):
        for child in ast.iter_child_nodes(node):
            child.parent = node  # type: ignore[attr-defined]  # as `executing` marks its nodes
            # The element's second copy lies in the loop's own statement, not in that of its line.
            child.copied = getattr(node, "copied", False) or is_elements_function(child)  # type: ignore[attr-defined]
        if getattr(node, "copied", False):
            continue
        if isinstance(node, ast.expr):
            for line in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                by_line[line].append(node)
        elif isinstance(node, (ast.stmt, ast.excepthandler, ast.arg, ast.keyword, ast.alias)):
            by_line[node.lineno].append(node)
    source.tree, source._nodes_by_line = prepared, by_line
