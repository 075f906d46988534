"""Prepares loops that may leave: wraps iterator and element in the tree that IPython is about to compile.

`[f(x) for x in xs]` becomes `[(cf.next() if cf.have() else f(x)) for x in cf.over(k, xs, lambda it: [f(x)
for x in it])]` where `cf` is the builtin `__cellfarm__`, home's map engine. Every node of the user's keeps
its place, so tracebacks stay as they are; a loop that is not found as described is left alone.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cellfarm.protocol.messages import LoopSite, SourceSpan

ENGINE_NAME = "__cellfarm__"
"""Name of the builtin through which a prepared cell reaches the map engine."""
_ELEMENTS_NAME = "__cellfarm_elements__"
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_BOUND_TO_PLACE = (ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom)
_PLAIN_TARGETS = (ast.Name, ast.Tuple, ast.List, ast.Starred)


class _NotAsDescribed(Exception):
    """The loop is not in the tree, or is not of the form it was announced as."""


def wrap_loops(tree: ast.Module, loops: Sequence[LoopSite], namespace: Mapping[str, Any]) -> list[str]:
    """Wraps each loop in `tree` in place.

    Args:
        tree: the cell as IPython parsed it.
        loops: sites in the order of their numbers.
        namespace: the notebook's variables, to see that `list` and `map` are the builtins.

    Returns:
        One sentence for each loop that was left alone.
    """
    problems = []
    for number, site in enumerate(loops):
        try:
            _wrap(tree, number, site, namespace)
        except _NotAsDescribed as problem:
            problems.append(f"the loop on line {site['span']['line']} runs as it stands: {problem}")
    return problems


def _wrap(tree: ast.Module, number: int, site: LoopSite, namespace: Mapping[str, Any]) -> None:
    form = site["form"]
    if form == "comprehension":
        comprehension = _find(tree, ast.ListComp, site["span"])
        if len(comprehension.generators) != 1:
            raise _NotAsDescribed("it has more than one `for`")
        generator = comprehension.generators[0]
        if generator.ifs or generator.is_async:
            raise _NotAsDescribed("it filters its elements or is asynchronous")
        element = _element(comprehension.elt, site["element"])
        generator.iter = _over(number, generator.iter, generator.target, element)
        comprehension.elt = _replaced(comprehension.elt, element)
    elif form == "append-loop":
        loop = _find(tree, ast.For, site["span"])
        body = loop.body[0]
        if loop.orelse or len(loop.body) != 1 or not isinstance(body, ast.Expr):
            raise _NotAsDescribed("its body is more than one expression")
        element = _element(body.value, site["element"])
        loop.iter = _over(number, loop.iter, loop.target, element)
        body.value = _replaced(body.value, element)
    elif form == "map-call":
        call = _find(tree, ast.Call, site["span"])
        inner = _only_argument(call, "list", 1, namespace)
        if not isinstance(inner, ast.Call):
            raise _NotAsDescribed("it is not `list(map(f, xs))`")
        _only_argument(inner, "map", 2, namespace)
        place = inner.func
        inner.func = _engine("mapped", place)
        inner.args.insert(0, _at(ast.Constant(number), place))
    else:
        raise _NotAsDescribed(f"its form {form} is not known here")


def _find(tree: ast.Module, kind: type[Any], span: SourceSpan) -> Any:
    """The node of that kind at that place, evaluated in the module's own scope."""
    for node in _at_module_scope(tree):
        if isinstance(node, kind) and _is_at(node, span):
            return node
    raise _NotAsDescribed("it was not found")


def _at_module_scope(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    if isinstance(node, _SCOPES):
        return
    if isinstance(node, _COMPREHENSIONS):  # all but the first iterable belongs to a scope of its own
        yield from _at_module_scope(node.generators[0].iter)
        return
    for child in ast.iter_child_nodes(node):
        yield from _at_module_scope(child)


def _element(whole: ast.expr, span: SourceSpan) -> ast.expr:
    """The part of `whole` that is computed for each element."""
    for node in ast.walk(whole):
        if isinstance(node, ast.expr) and _is_at(node, span):
            if any(isinstance(inner, _BOUND_TO_PLACE) for inner in ast.walk(node)):
                raise _NotAsDescribed("its element awaits, yields or assigns")
            return node
    raise _NotAsDescribed("its element was not found")


def _over(number: int, iterable: ast.expr, target: ast.expr, element: ast.expr) -> ast.expr:
    """`cf.over(number, iterable, lambda it: [element for target in it])`."""
    if any(isinstance(node, ast.expr) and not isinstance(node, _PLAIN_TARGETS) for node in ast.walk(target)):
        raise _NotAsDescribed("its target is not made of names")
    elements = ast.ListComp(
        elt=copy.deepcopy(element),
        generators=[
            ast.comprehension(
                target=copy.deepcopy(target),
                iter=_at(ast.Name(_ELEMENTS_NAME, ast.Load()), element),
                ifs=[],
                is_async=0,
            )
        ],
    )
    parameters = ast.arguments(
        posonlyargs=[],
        args=[_at(ast.arg(_ELEMENTS_NAME), element)],
        vararg=None,
        kwonlyargs=[],
        kw_defaults=[],
        kwarg=None,
        defaults=[],
    )
    function = _at(ast.Lambda(parameters, _at(elements, element)), element)
    place = iterable
    call = ast.Call(_engine("over", place), [_at(ast.Constant(number), place), iterable, function], [])
    return ast.copy_location(call, place)


def is_elements_function(node: ast.AST) -> bool:
    """Whether `node` is the function over a list of items that a prepared loop hands to the engine."""
    return isinstance(node, ast.Lambda) and any(arg.arg == _ELEMENTS_NAME for arg in node.args.args)


def _replaced(whole: ast.expr, element: ast.expr) -> ast.expr:
    """`whole` with `(cf.next() if cf.have() else element)` in place of `element`."""
    choice = _at(
        ast.IfExp(
            test=_at(ast.Call(_engine("have", element), [], []), element),
            body=_at(ast.Call(_engine("next", element), [], []), element),
            orelse=element,
        ),
        element,
    )

    class Replacer(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> Any:
            return choice if node is element else self.generic_visit(node)

    replaced: ast.expr = Replacer().visit(whole)
    return replaced


def _only_argument(call: ast.Call, name: str, count: int, namespace: Mapping[str, Any]) -> ast.expr:
    """First argument of a call of the builtin `name` with exactly `count` plain arguments."""
    plain = isinstance(call.func, ast.Name) and call.func.id == name and not call.keywords
    if not plain or len(call.args) != count or any(isinstance(arg, ast.Starred) for arg in call.args):
        raise _NotAsDescribed("it is not `list(map(f, xs))`")
    if name in namespace:
        raise _NotAsDescribed(f"`{name}` is a name of the notebook")
    return call.args[0]


def _engine(method: str, place: ast.expr) -> ast.expr:
    engine = _at(ast.Name(ENGINE_NAME, ast.Load()), place)
    return ast.copy_location(ast.Attribute(engine, method, ast.Load()), place)


def _at(node: Any, place: ast.expr) -> Any:
    return ast.copy_location(node, place)


def _is_at(node: Any, span: SourceSpan) -> bool:
    begin, end = (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)
    return begin == (span["line"], span["column"]) and end == (span["endLine"], span["endColumn"])
