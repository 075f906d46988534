"""How a process that others wait for ends: with its last words on the original stderr, and without exit handlers."""

from __future__ import annotations

import asyncio
import os
import traceback
from collections.abc import Awaitable, Callable
from typing import NoReturn

_FAILED = 70


class LastWords(Exception):
    """Ends the process; the text is all that is told of it."""


def serve_and_leave(serve: Callable[[], Awaitable[None]]) -> NoReturn:
    """Runs `serve` in an event loop of this thread and leaves the process when it is over.

    Exit status: 0 at its end, 1 when whoever it serves is gone (ConnectionError), 70 after anything else that it raised.
    """
    original_stderr = os.dup(2)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    status = 0
    try:
        loop.run_until_complete(serve())
    except ConnectionError:  # nobody waits for anything any more
        status = 1
    except BaseException as error:
        words = f"{error}\n" if isinstance(error, LastWords) else traceback.format_exc()
        os.write(original_stderr, words.encode())
        status = _FAILED
    finally:
        os._exit(status)
