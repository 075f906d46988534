"""The kernel "Cellfarm (Python 3)" does what ipykernel does: Jupyter's own suite for kernels, and a session of the debugger."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import jupyter_kernel_test
import pytest
from kernel_process import Kernel, kernel_environment, running


class TestKernel(jupyter_kernel_test.KernelTests):
    kernel_name = "cellfarm"
    language_name = "python"
    file_extension = ".py"
    code_hello_world = "print('hello, world')"
    code_stderr = "import sys; print('test', file=sys.stderr)"
    completion_samples: ClassVar[list[Any]] = [
        {"text": "zi", "matches": {"zip"}},
        {"text": "imp", "matches": {"import"}},
    ]
    complete_code_samples: ClassVar[list[Any]] = ["1", "print('hello')", "def f(x):\n  return x * 2\n\n\n"]
    incomplete_code_samples: ClassVar[list[Any]] = ["print('''hello", "def f(x):\n  x * 2"]
    invalid_code_samples: ClassVar[list[Any]] = ["import = 7q"]
    code_page_something = "zip?"
    code_generate_error = "raise RuntimeError()"
    code_execute_result: ClassVar[list[Any]] = [{"code": "1+2+3", "result": "6"}]
    code_display_data: ClassVar[list[Any]] = [
        {"code": "from IPython.display import HTML, display; display(HTML('<b>hi</b>'))", "mime": "text/html"}
    ]
    code_history_pattern = "1?2*"
    # `range` asks for what ipykernel has not written down yet; its own tests leave it out too.
    supported_history_operations = ("tail", "search")
    code_inspect_sample = "zip"
    code_clear_output = "from IPython.display import clear_output; clear_output()"

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = tempfile.TemporaryDirectory()
        cls.before = dict(os.environ)
        os.environ.update(kernel_environment(Path(cls.folder.name)))
        super().setUpClass()

    @classmethod
    def tearDownClass(cls) -> None:
        super().tearDownClass()
        os.environ.clear()
        os.environ.update(cls.before)
        cls.folder.cleanup()


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[Kernel]:
    with running(tmp_path) as kernel:
        yield kernel


def test_it_says_that_it_can_be_debugged_and_has_subshells(kernel: Kernel) -> None:
    info = kernel.reply("shell", kernel.send("shell", "kernel_info_request", {}))
    assert {"debugger", "kernel subshells"} <= set(info["supported_features"])


def test_the_debugger_stops_at_a_breakpoint_and_goes_on(kernel: Kernel) -> None:
    requests = iter(range(1, 100))

    def ask(command: str, arguments: dict[str, object]) -> dict[str, object]:
        content = {"type": "request", "seq": next(requests), "command": command, "arguments": arguments}
        answer = kernel.reply("control", kernel.send("control", "debug_request", content))
        assert answer.get("success", True), answer
        return dict(answer.get("body") or {})

    ask("initialize", {"clientID": "test", "adapterID": "", "pathFormat": "path", "linesStartAt1": True})
    ask("attach", {})
    code = "%%cellfarm role=load\nx = 1\ny = x + 1\nprint('y is', y)"
    source = {"path": ask("dumpCell", {"code": code})["sourcePath"]}
    points = ask("setBreakpoints", {"breakpoints": [{"line": 3}], "source": source, "sourceModified": False})
    assert [point["verified"] for point in points["breakpoints"]] == [True]  # type: ignore[attr-defined]
    ask("configurationDone", {})
    cell = kernel.run_later(code, cell="debugged", tags={"role": "load"})
    thread = kernel.event("stopped")["body"]["threadId"]
    [frame, *_] = ask("stackTrace", {"threadId": thread})["stackFrames"]  # type: ignore[misc, call-overload]
    assert frame["line"] == 3
    ask("continue", {"threadId": thread})
    assert kernel.reply("shell", cell)["status"] == "ok"
    assert kernel.printed(cell) == "y is 2\n"


def test_an_interrupt_ends_the_cell_and_not_the_kernel(kernel: Kernel) -> None:
    cell = kernel.run_later("print('begun')\nimport time\nwhile True: time.sleep(0.01)", cell="endless")
    kernel.begins_to_print(cell)
    kernel.manager.interrupt_kernel()
    assert kernel.reply("shell", cell)["ename"] == "KeyboardInterrupt"
    assert kernel.run("1 + 1")["status"] == "ok"
