"""Takes home's own frames out of a traceback before it is shown: a kernel would not have them.

Decides which frames those are (code of this package); how a traceback looks is IPython's.
"""

from __future__ import annotations

import os
from types import TracebackType

_OWN_FOLDER = os.path.dirname(os.path.abspath(__file__)) + os.sep


def hide_own_frames(error: BaseException) -> None:
    """Relinks the tracebacks of `error` and of the errors behind it past home's frames."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        _relink(one.__traceback__)
        waiting += [one.__cause__, one.__context__]


def _relink(traceback: TracebackType | None) -> None:
    """The first frame is IPython's and stays."""
    while traceback is not None:
        following = traceback.tb_next
        while following is not None and following.tb_frame.f_code.co_filename.startswith(_OWN_FOLDER):
            following = following.tb_next
        if following is not traceback.tb_next:
            traceback.tb_next = following
        traceback = following
