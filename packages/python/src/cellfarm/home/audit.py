"""Stops a shard before it does something outside its own memory: an audit hook that never returns from such an event. What it reads
there is kept in `reads`.

The list is what Python's own functions announce; writes to files that are open already are `descriptors`' matter, and C libraries
that bypass Python's `open` are not seen.
"""

from __future__ import annotations

import _thread
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from cellfarm.home.reads import Reads
from cellfarm.objects import sealing_threads

_FORBIDDEN = frozenset({
    "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.chdir", "os.fchdir", "os.chmod", "os.chown", "os.lchown", "os.chflags",
    "os.link", "os.symlink", "os.truncate", "os.utime", "os.putenv", "os.unsetenv", "os.setxattr", "os.removexattr", "os.lockf",
    "os.fork", "os.forkpty", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "os.startfile", "os.kill", "os.killpg",
    "fcntl.flock", "fcntl.lockf", "pty.spawn", "subprocess.Popen", "signal.pthread_kill",
    "socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.sethostname", "sqlite3.connect",
    "shutil.copyfile", "shutil.copymode", "shutil.copystat", "shutil.copytree", "shutil.move", "shutil.rmtree", "shutil.chown",
    "shutil.make_archive", "shutil.unpack_archive", "tempfile.mkstemp", "tempfile.mkdtemp", "urllib.Request", "http.client.connect",
    "ftplib.connect", "smtplib.connect", "imaplib.open", "poplib.connect", "telnetlib.Telnet.open", "webbrowser.open",
    "syslog.openlog", "syslog.syslog", "syslog.setlogmask", "resource.setrlimit", "resource.prlimit", "builtins.input",
})  # fmt: skip
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

_LISTINGS = frozenset({"os.listdir", "os.scandir"})

reads = Reads()
"""What was read since it was taken last."""
_allowed = 0


def watch(stop: Callable[[str], NoReturn]) -> None:
    """Calls `stop` with half a sentence at the first forbidden event. Cannot be undone in this process."""

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if _allowed or _thread.get_ident() in sealing_threads:
            return
        if event == "open":
            path, _, flags = arguments
            if isinstance(flags, int) and flags & _WRITES and path != os.devnull:
                stop(f"it opens {path!r} for writing")
            reads.note(path)
        elif event in _LISTINGS:
            reads.note("." if arguments[0] is None else arguments[0])
        elif event in _FORBIDDEN:
            stop(f"it calls {event}" + (f" on {arguments[0]!r:.80}" if arguments else ""))

    sys.addaudithook(hook)


@contextmanager
def enforced() -> Iterator[None]:
    """Within it nothing is allowed, whatever was around it."""
    global _allowed
    before, _allowed = _allowed, 0
    try:
        yield
    finally:
        _allowed = before


@contextmanager
def allowed() -> Iterator[None]:
    """Lets cellfarm's own code write its objects and reach its door."""
    global _allowed
    _allowed += 1
    try:
        yield
    finally:
        _allowed -= 1
