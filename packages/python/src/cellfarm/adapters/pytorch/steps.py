"""Records the functions of torch that a call makes, with the shapes that go in and come out: a step that is given fewer rows and gives
as much as before has mixed the rows, or looked at them. Whether that shows in the values of one batch is chance; so such calls are not
shared out, whatever their values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils import _pytree as pytree

_LOOKING = frozenset(
    {"item", "tolist", "numpy", "__bool__", "__float__", "__int__", "__index__", "equal", "allclose"}
)


@dataclass(frozen=True, slots=True)
class Step:
    """One function: its name, and the shapes of the tensors that it took and gave."""

    name: str
    taken: tuple[Any, ...]
    given: tuple[Any, ...]


class Steps(TorchFunctionMode):
    """While entered, all functions of torch are recorded."""

    def __init__(self) -> None:
        super().__init__()
        self.made: list[Step] = []

    def __torch_function__(self, function: Any, types: Any, arguments: Any = (), keywords: Any = None) -> Any:
        """Called by torch in place of each function."""
        taken = _shapes((arguments, keywords))  # before: a function may change its argument
        result = function(*arguments, **(keywords or {}))
        step = Step(getattr(function, "__name__", ""), taken, _shapes(result))
        if step.name in _LOOKING or (step.given and step.name != "__get__"):  # attributes mix nothing
            self.made.append(step)
        return result


def mixing(whole: Sequence[Step], part: Sequence[Step]) -> str:
    """Why a call mixes rows, from the steps of the whole call and of a part of it; empty where it does not."""
    for all_rows, some in zip(whole, part, strict=False):
        if all_rows.name != some.name:
            break
        if all_rows.taken == some.taken:
            continue
        if all_rows.name in _LOOKING:
            return f"it looks at values of its rows ({all_rows.name})"
        if all_rows.given and all_rows.given == some.given:
            return f"it mixes rows ({all_rows.name})"
    return "" if len(whole) == len(part) else "its parts take other steps than the whole"


def _shapes(values: Any) -> tuple[Any, ...]:
    return tuple(each.shape for each in pytree.tree_leaves(values) if isinstance(each, Tensor))
