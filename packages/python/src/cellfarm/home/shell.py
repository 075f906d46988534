# mypy: disallow-subclassing-any=False
# (ipykernel's types are not read: it is the notebook's own, of any version from 6.31 on.)
"""Builds the shell that plays cells: ipykernel's own kernel and shell without sockets, threads and debugger.

Decides how the kernel's surroundings are replaced; what a cell can do or show is ipykernel's and IPython's
own code.
"""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import os
import signal
import sys
import threading
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cellfarm.home.descriptors import CapturedDescriptor, detach_input
from cellfarm.home.outlet import Outlet
from cellfarm.home.widgets import OutputWidgets


class _NoDebugger:
    """Stands for ipykernel's debugger, whose import alone takes a second and starts threads."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        pass


def _import_ipykernel() -> tuple[Any, Any]:
    """ipykernel's kernel class and session class, imported without debugpy."""
    stub = types.ModuleType("ipykernel.debugger")
    stub.__dict__.update(_is_debugpy_available=False, Debugger=_NoDebugger)
    sys.modules["ipykernel.debugger"] = stub
    from ipykernel.ipkernel import IPythonKernel
    from jupyter_client.session import Session

    return IPythonKernel, Session


@dataclass(slots=True)
class HomeShell:
    """The kernel with what home needs to reach of it."""

    kernel: Any
    shell: Any
    session_id: str
    outlet: Outlet
    captured: dict[int, CapturedDescriptor]
    widgets: OutputWidgets
    before_cell: Callable[[], None] | None = None

    @property
    def namespace(self) -> dict[str, Any]:
        """The notebook's variables: the dictionary of the module `__main__`."""
        namespace: dict[str, Any] = self.shell.user_ns
        return namespace

    def begin_request(self, request: dict[str, Any]) -> None:
        """What happens from now on belongs to this execute request, in threads started from now on too."""
        if self.before_cell is not None:
            self.before_cell()
        self.kernel.set_parent([b"home"], request, channel="shell")
        if hasattr(self.kernel, "_associate_new_top_level_threads_with"):  # ipykernel 6
            self.kernel._associate_new_top_level_threads_with(request["header"])

    def flush(self) -> None:
        """Sends all text that waits, C code's and children's too."""
        for stream in (*self.streams, sys.stdout, sys.stderr):
            try:
                stream.flush()
            except Exception:  # a broken stream of the user's is the user's
                continue

    @property
    def keeps_context(self) -> bool:
        """Whether context variables last from cell to cell: in all ipykernels but 7.0."""
        from ipykernel import utils

        return self.ipykernel_major < 7 or hasattr(utils, "_async_in_context")

    def send_waiting(self) -> None:
        """Sends text that has waited long enough; may be called at any moment in the main thread."""
        for stream in self.streams:
            stream.send_waiting()

    @property
    def ipykernel_major(self) -> int:
        """First number of ipykernel's version."""
        import ipykernel

        return int(ipykernel.version_info[0])

    @property
    def streams(self) -> tuple[Any, Any]:
        """Home's own text streams, also while user code has replaced sys.stdout."""
        return self.kernel._stdout, self.kernel._stderr


def _session(session_class: Any, outlet: Outlet) -> Any:
    class HomeSession(session_class):
        """Session.send without a socket: output messages go to the outlet, all others nowhere."""

        def send(
            self,
            stream: object,
            msg_or_type: Any,
            content: Any = None,
            parent: Any = None,
            ident: object = None,
            buffers: object = None,
            track: bool = False,
            header: Any = None,
            metadata: Any = None,
        ) -> Any:
            if isinstance(msg_or_type, dict):
                message = msg_or_type
            else:
                message = self.msg(msg_or_type, content, parent, header, metadata)
            about = message.get("parent_header") or {}
            outlet.publish(message["msg_type"], message["content"], about.get("msg_id"))
            return message

    _look_like(HomeSession, session_class)
    return HomeSession(key=b"", session=os.urandom(16).hex())


def _look_like(cls: type, original: type) -> None:
    cls.__name__, cls.__qualname__, cls.__module__ = (
        original.__name__,
        original.__qualname__,
        original.__module__,
    )


def build_shell(loop: asyncio.AbstractEventLoop, outlet: Outlet) -> HomeShell:
    """Builds it in this process, once. The loop must be running: ipykernel makes its locks on it."""
    captured = {1: CapturedDescriptor(1, "stdout"), 2: CapturedDescriptor(2, "stderr")}
    detach_input()
    kernel_class, session_class = _import_ipykernel()
    session = _session(session_class, outlet)
    _configure_tornado_logger()

    # ipykernel is there only now, without its debugger.
    from cellfarm.home.magics import register
    from cellfarm.home.streams import HomeStream

    sys.stdout = HomeStream(session, "stdout", captured[1])
    sys.stderr = HomeStream(session, "stderr", captured[2])
    _set_surroundings()
    kernel = _build_kernel(kernel_class, session, loop)
    sys.modules.pop("ipykernel.debugger", None)
    shell = kernel.shell
    _build_application(kernel)
    register(shell)
    widgets = OutputWidgets(outlet, kernel.comm_manager)
    return HomeShell(kernel, shell, session.session, outlet, captured, widgets)


def _configure_tornado_logger() -> None:
    """As in a kernel, tornado's words go to the original stderr, not through the root logger."""
    from ipykernel.kernelapp import IPKernelApp

    IPKernelApp.configure_tornado_logger(IPKernelApp)


def _set_surroundings() -> None:
    """Arguments, environment and signals as in a kernel that a notebook started."""
    launcher = importlib.util.find_spec("ipykernel_launcher")
    sys.argv = [str(launcher.origin) if launcher else "ipykernel_launcher.py", "-f", "kernel.json"]
    os.environ["JPY_PARENT_PID"] = str(os.getppid())
    os.environ.setdefault("PYDEVD_USE_FRAME_EVAL", "NO")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # No debugger answers here.
    sys.breakpointhook = lambda *args, **kwargs: None


def _build_kernel(kernel_class: Any, session: Any, loop: asyncio.AbstractEventLoop) -> Any:
    from ipykernel.zmqshell import ZMQInteractiveShell
    from traitlets.config import Config

    class HomeKernel(kernel_class):
        debugger_class = _NoDebugger

        def start(self) -> None:
            """There is nothing to start."""

        def _abort_queues(self, *args: object, **kwargs: object) -> None:
            """There are no queues."""

    _look_like(HomeKernel, kernel_class)
    config = Config()
    config.IPKernelApp.connection_file = "kernel.json"
    config.HistoryManager.hist_file = ":memory:"
    log = logging.getLogger("cellfarm.home")
    log.addHandler(logging.NullHandler())
    log.propagate = False
    kernel = HomeKernel.instance(
        config=config, session=session, shell_class=ZMQInteractiveShell, log=log, user_ns=None
    )
    kernel.io_loop = types.SimpleNamespace(
        add_callback=loop.call_soon_threadsafe,
        call_later=loop.call_later,
        stop=lambda: None,
        asyncio_loop=loop,
    )
    if getattr(kernel, "shell_channel_thread", None) is None:  # ipykernel 7 asks who runs the shell
        type(kernel).shell_channel_thread = types.SimpleNamespace(parent_thread=threading.main_thread())
    return kernel


def _build_application(kernel: Any) -> None:
    """The application object that %matplotlib and libraries ask for, with its start-up steps."""
    from ipykernel.kernelapp import IPKernelApp

    app = IPKernelApp.instance(config=kernel.config)
    app.kernel, app.shell = kernel, kernel.shell
    app.init_pdb()
    app.patch_io()
    app.init_path()
    app.init_gui_pylab()
    app.init_extensions()
    app.init_code()
    kernel.shell.configurables.append(app)
