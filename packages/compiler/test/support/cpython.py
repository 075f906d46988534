"""What CPython and IPython say, for the compiler's differential tests: JSON on standard input, JSON on standard output.

`scopes`: how each name is resolved in each scope, after `symtable`. `trace`: which names each cell of a program reads,
binds and changes in place while it really runs. `magics`: IPython's own rewriting of cells.
"""

from __future__ import annotations

import ast
import json
import symtable
import sys
from typing import Any


def scopes(source: str) -> list[str]:
    found = []

    def visit(table: symtable.SymbolTable) -> None:
        kind = table.get_type()
        if str(kind) in ("function", "class", "SymbolTableType.FUNCTION", "SymbolTableType.CLASS"):
            for symbol in table.get_symbols():
                if not (
                    symbol.is_referenced() or symbol.is_assigned() or symbol.is_imported()
                ) or symbol.get_name().startswith("."):
                    continue
                where = "global" if symbol.is_global() else "free" if symbol.is_free() else "local"
                found.append(f"{table.get_lineno()} {table.get_name()} {symbol.get_name()} {where}")
        for child in table.get_children():
            visit(child)

    visit(symtable.symtable(source, "<source>", "exec"))
    return found


class Recorder(dict[str, Any]):
    """A namespace that sees every read and binding of its names."""

    reads: set[str]
    writes: set[str]

    def start(self) -> None:
        self.reads, self.writes = set(), set()

    def __getitem__(self, name: str) -> Any:
        value = super().__getitem__(name)
        if name not in self.writes:
            self.reads.add(name)
        return value

    def __setitem__(self, name: str, value: Any) -> None:
        self.writes.add(name)
        super().__setitem__(name, value)

    def __delitem__(self, name: str) -> None:
        self.reads.add(name)
        self.writes.add(name)
        super().__delitem__(name)


def shape(value: object, depth: int = 6) -> object:
    """A text of a value that differs when its parts do."""
    if depth == 0 or isinstance(value, (int, float, str, bytes, type(None))):
        return repr(value)
    if isinstance(value, dict):
        return [[shape(key, depth - 1), shape(item, depth - 1)] for key, item in value.items()]
    if isinstance(value, (list, tuple, set, frozenset)):
        return [shape(item, depth - 1) for item in value]
    if isinstance(value, type):
        return list(vars(value)) + [
            shape(item, depth - 1) for name, item in vars(value).items() if not name.startswith("__")
        ]
    return [type(value).__name__, shape(getattr(value, "__dict__", {}), depth - 1)]


def trace(cells: list[str]) -> list[dict[str, list[str]]]:
    namespace = Recorder(__name__="__main__")
    results = []
    for source in cells:
        before = {name: (id(value), json.dumps(shape(value))) for name, value in dict.items(namespace)}
        keep = list(dict.values(namespace))
        namespace.start()
        try:
            exec(compile(source, "<cell>", "exec"), namespace)
        except Exception:  # a random program may fail: it is compared up to there
            break
        known = set(before)
        changed = [
            name
            for name, (identity, text) in before.items()
            if name in namespace
            and id(dict.__getitem__(namespace, name)) == identity
            and json.dumps(shape(dict.__getitem__(namespace, name))) != text
        ]
        results.append(
            {
                "reads": sorted((namespace.reads & known) - {"__name__", "__builtins__"}),
                "writes": sorted(namespace.writes - {"__builtins__"}),
                "changes": sorted(set(changed) - {"__builtins__"}),
            }
        )
        del keep
    return results


def magics(source: str) -> list[list[str]]:
    from IPython.core.inputtransformer2 import TransformerManager

    tree = ast.parse(TransformerManager().transform_cell(source))
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        target = node.func.value
        if not (
            isinstance(target, ast.Call)
            and isinstance(target.func, ast.Name)
            and target.func.id == "get_ipython"
        ):
            continue
        found.append(
            [node.func.attr, *(str(arg.value) for arg in node.args if isinstance(arg, ast.Constant))]
        )
    return found


if __name__ == "__main__":
    work = {"scopes": scopes, "trace": trace, "magics": magics}[sys.argv[1]]
    json.dump([work(each) for each in json.load(sys.stdin)], sys.stdout)
