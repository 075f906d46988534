"""What a home promises beside a kernel's outputs: its process, its order of text, its ways to end."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from harness import HomeUnderTest, need

from cellfarm.frames import Frame
from cellfarm.protocol import messages as m


@pytest.fixture(scope="module")
def home() -> Iterator[HomeUnderTest]:
    with HomeUnderTest() as one:
        yield one


def test_home_has_one_thread_after_its_first_cell(home: HomeUnderTest) -> None:
    assert home.play("print('first')").text() == "first\n"
    assert len(os.listdir(f"/proc/{home.process.pid}/task")) == 1


def test_hello_names_part_protocol_and_nonce(home: HomeUnderTest) -> None:
    assert home.hello["part"] == "home"
    assert home.hello["protocol"] == m.PROTOCOL_VERSION
    assert home.hello["nonce"] == home.nonce
    assert home.hello["pid"] == home.process.pid


def test_the_command_line_shows_cellfarm_and_home_as_words(home: HomeUnderTest) -> None:
    words = Path(f"/proc/{home.process.pid}/cmdline").read_bytes().split(b"\0")
    assert b"cellfarm" in words
    assert b"home" in words


def test_nothing_of_the_agents_is_left_in_the_environment(home: HomeUnderTest) -> None:
    played = home.play("import os; print([name for name in os.environ if name.startswith('CELLFARM')])")
    assert played.text() == "[]\n"


def test_the_travelling_path_is_last_and_the_packages_own_folder_is_absent(home: HomeUnderTest) -> None:
    played = home.play("import sys; print(sys.path[-1]); import frames")
    assert played.text().strip() == f"{home.folder.name}/path"
    assert played.error is not None
    assert played.error["ename"] == "ModuleNotFoundError"


def test_a_cell_can_use_the_decorators_without_installing_anything(home: HomeUnderTest) -> None:
    played = home.play("import cellfarm as cf\n@cf.map\ndef double(x):\n    return 2 * x\ndouble(4)")
    assert played.data() == [{"text/plain": "8"}]


def test_text_of_python_c_and_children_keeps_program_order(home: HomeUnderTest) -> None:
    code = """
import ctypes, os, subprocess, sys
libc = ctypes.CDLL(None)
print('1 python')
libc.puts(b'2 C'); libc.fflush(None)
print('3 python')
os.system('echo 4 child')
sys.stdout.write('5 python\\n')
subprocess.run(['echo', '6 child'])
os.write(1, b'7 raw\\n')
print('8 python')
"""
    assert [line[0] for line in home.play(code).text().splitlines()] == list("12345678")


def test_a_forked_child_of_the_users_can_print(home: HomeUnderTest) -> None:
    code = """
import multiprocessing
context = multiprocessing.get_context('fork')
def work(number):
    print('in the child', number)
    return number * 2
process = context.Process(target=work, args=(3,))
process.start(); process.join()
with context.Pool(2) as pool:
    print(pool.map(work, [1, 2]))
"""
    lines = home.play(code).text().splitlines()
    assert lines[0] == "in the child 3"
    assert sorted(lines[1:]) == ["[2, 4]", "in the child 1", "in the child 2"]


def test_text_arrives_while_the_cell_runs(home: HomeUnderTest) -> None:
    cell = home.send_play("import time\nprint('early')\ntime.sleep(0.6)\nprint('late')")
    seen: list[tuple[str, float]] = []
    while (frame := home.read()).type != m.FRAME_PLAYED:
        assert frame.meta["cell"] == cell
        seen.append((frame.meta["content"]["text"], time.monotonic()))
    assert [text for text, _ in seen] == ["early\n", "late\n"]
    assert seen[1][1] - seen[0][1] > 0.3


def _texts_with_times(home: HomeUnderTest) -> list[tuple[str, float]]:
    seen: list[tuple[str, float]] = []
    while (frame := home.read()).type != m.FRAME_PLAYED:
        seen.append((frame.meta["content"]["text"], time.monotonic()))
    return seen


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="nothing ticks elsewhere")
@pytest.mark.parametrize(
    "code",
    [
        "import time\nprint('early', end='')\ntime.sleep(1.5)\nprint(' late')",
        "import time\nfor i in range(100): print(i)\ntime.sleep(1.5)\nprint('late')",
        "import subprocess\nx = subprocess.run(['sh', '-c', 'echo early; sleep 1.5; echo late'])",
    ],
)
def test_text_before_a_silence_is_seen_during_it(home: HomeUnderTest, code: str) -> None:
    home.send_play(code)
    seen = _texts_with_times(home)
    last, before = seen[-1], seen[-2]
    assert "late" in last[0]
    assert "late" not in before[0]
    assert last[1] - before[1] > 0.5


def test_a_finalizer_that_prints_in_the_middle_of_a_message_is_heard(home: HomeUnderTest) -> None:
    code = """
import gc
class Loud:
    def __del__(self):
        print('gone')
for i in range(3000):
    loud = Loud(); loud.itself = loud; del loud
    print('line')
gc.collect() and None
"""
    text = home.play(code).text()
    assert text.count("gone") == 3000
    assert text.count("line") == 3000


def test_ten_megabytes_of_text_arrive_whole_in_few_messages(home: HomeUnderTest) -> None:
    played = home.play("for i in range(100_000): print('x' * 99)")
    assert played.text() == ("x" * 99 + "\n") * 100_000
    assert len(played.messages) < 2000


def test_ten_megabytes_of_a_childs_text_arrive_whole(home: HomeUnderTest) -> None:
    played = home.play("import os\nos.system('yes abcdefg | head -c 10000000') and None")
    assert len(played.text()) == 10_000_000


def test_output_after_its_cell_goes_to_its_own_cell(home: HomeUnderTest) -> None:
    code = """
import asyncio
async def later():
    await asyncio.sleep(0.05)
    print('late')
kept = asyncio.ensure_future(later())
"""
    first = home.play(code).played["cell"]
    home.play("await asyncio.sleep(0.2)")
    assert [(late["cell"], late["content"]["text"]) for late in home.late] == [(first, "late\n")]


def test_a_thread_prints_into_the_cell_that_plays_or_started_it(home: HomeUnderTest) -> None:
    played = home.play(
        "import threading\nt = threading.Thread(target=print, args=('from a thread',)); t.start(); t.join()"
    )
    assert played.text() == "from a thread\n"


def test_the_execution_count_is_the_one_that_is_told(home: HomeUnderTest) -> None:
    played = home.play("'counted'", executionCount=42)
    assert played.messages[0]["content"]["execution_count"] == 42
    assert home.play("Out[42], len(In)").data()[0]["text/plain"].startswith("('counted',")


def test_a_cell_played_again_shows_under_its_own_number(home: HomeUnderTest) -> None:
    played = home.play("'again'", cell=3, executionCount=4)
    assert {message["cell"] for message in played.messages} == {3}


def test_input_is_refused_as_in_a_run_without_a_front_end(home: HomeUnderTest) -> None:
    error = home.play("input('? ')").error
    assert error is not None
    assert error["ename"] == "StdinNotImplementedError"


def test_breakpoint_does_nothing(home: HomeUnderTest) -> None:
    played = home.play("breakpoint()\nprint('went on')")
    assert played.text() == "went on\n"
    assert played.error is None


def test_an_error_names_the_line_of_the_cell_through_which_it_passed(home: HomeUnderTest) -> None:
    home.play("def fails():\n    raise ValueError('deep')")
    error = home.play("x = 1\n\nfails()\n").error
    assert error is not None
    assert (error["ename"], error["evalue"], error["line"]) == ("ValueError", "deep", 3)
    assert any("fails" in line for line in error["traceback"])


@pytest.mark.parametrize(
    ("code", "name", "line"),
    [
        ("x = 1\nif x\n  pass", "SyntaxError", 2),
        ("await __import__('asyncio').sleep(0)\n1 / 0", "ZeroDivisionError", 2),
        ("x = 1\n%magic_that_is_not\n", "UsageError", 2),
        ("!true\nundefined", "NameError", 2),
        ("%%cellfarm role=map\nx = 1\nundefined", "NameError", 3),
        ("raise SystemExit", "SystemExit", 1),
    ],
)
def test_the_line_is_told_for_every_kind_of_error(
    home: HomeUnderTest, code: str, name: str, line: int
) -> None:
    error = home.play(code).error
    assert error is not None
    assert (error["ename"], error["line"]) == (name, line)


def test_the_cell_magic_runs_the_rest_of_the_cell_unchanged(home: HomeUnderTest) -> None:
    assert home.play("%%cellfarm role=map target=local\nvalue = 6\nvalue * 7").data() == [
        {"text/plain": "42"}
    ]
    assert home.play("%%cellfarm role=map\n%%bash\necho magic in magic").text() == "magic in magic\n"


def test_an_interrupt_ends_the_cell_and_home_goes_on(home: HomeUnderTest) -> None:
    home.send_play("import time\nprint('begun')\nwhile True:\n    time.sleep(0.01)")
    frame = home.read()
    assert frame.meta["content"]["text"] == "begun\n"
    home.interrupt()
    while (frame := home.read()).type != m.FRAME_PLAYED:
        pass
    assert frame.meta["error"]["ename"] == "KeyboardInterrupt"
    assert home.play("1 + 1").data() == [{"text/plain": "2"}]


def test_an_interrupt_ends_an_awaiting_cell(home: HomeUnderTest) -> None:
    home.send_play("print('begun')\nawait __import__('asyncio').sleep(60)")
    home.read()
    home.interrupt()
    while (frame := home.read()).type != m.FRAME_PLAYED:
        pass
    assert frame.meta["error"]["ename"] in ("CancelledError", "KeyboardInterrupt")


def test_an_interrupt_between_cells_is_ignored(home: HomeUnderTest) -> None:
    home.interrupt()
    assert home.play("'alive'").data() == [{"text/plain": "'alive'"}]


def test_interrupts_while_much_is_printed_never_tear_a_frame(home: HomeUnderTest) -> None:
    for _ in range(20):
        home.send_play("while True: print('y' * 2000)")
        time.sleep(0.02)
        home.interrupt()
        while (frame := home.read()).type != m.FRAME_PLAYED:
            assert frame.type == m.FRAME_OUTPUT
        assert frame.meta["error"]["ename"] == "KeyboardInterrupt"


def test_a_fork_frame_without_an_open_map_is_refused(home: HomeUnderTest) -> None:
    home.stream.write(Frame(m.FRAME_FORK, {"slot": 3, "nonce": "none"}))
    frame = home.read()
    assert frame.type == m.FRAME_FORKED
    assert (frame.meta["slot"], frame.meta["pid"]) == (3, None)
    assert frame.meta["refused"]


def test_inspect_tells_type_and_digest_of_each_variable() -> None:
    def variables() -> dict[str, Any]:
        with HomeUnderTest() as one:
            one.play("import math\nnumbers = [1, 2.5]\nclosing = (n for n in numbers)")
            one.stream.write(Frame(m.FRAME_INSPECT))
            told: dict[str, Any] = one.read().meta["variables"]
            return told

    first, second = variables(), variables()
    assert first["numbers"]["type"] == "list"
    assert first["numbers"]["digest"] == second["numbers"]["digest"]
    assert first["closing"]["digest"] is None
    assert "math" not in first


@pytest.mark.parametrize("call", ["exit()", "quit()"])
def test_exit_is_told_and_the_cell_goes_on_to_its_end(call: str) -> None:
    with HomeUnderTest() as home:
        played = home.play(f"print('before')\n{call}\nprint('after')")
        assert played.played["exit"] is True
        assert played.text() == "before\nafter\n"
        assert played.error is None
        assert home.end() == 0


def test_the_bare_word_exit_is_a_call() -> None:
    with HomeUnderTest() as home:
        assert home.play("exit").played["exit"] is True


def test_a_display_in_a_forked_child_never_reaches_the_stream(home: HomeUnderTest) -> None:
    code = """
import os
pid = os.fork()
if pid == 0:
    display('in the child')
    os._exit(0)
os.waitpid(pid, 0)
print('in the parent')
"""
    assert home.play(code).text() == "'in the child'\nin the parent\n"


def test_exit_handlers_run_after_end(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    with HomeUnderTest() as home:
        home.play(f"import atexit, pathlib\natexit.register(pathlib.Path({str(trace)!r}).write_text, 'done')")
        assert home.end() == 0
    assert trace.read_text() == "done"


def test_a_home_whose_stream_is_lost_leaves_at_once_without_exit_handlers(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    with HomeUnderTest() as home:
        home.play(f"import atexit, pathlib\natexit.register(pathlib.Path({str(trace)!r}).write_text, 'done')")
        home.stream.close()
        assert home.process.wait(10) == 1
    assert not trace.exists()


def test_a_hard_exit_in_a_cell_ends_the_process() -> None:
    with HomeUnderTest() as home:
        home.send_play("import os\nprint('last words')\nos._exit(7)")
        texts = []
        while (frame := home.stream.read()) is not None:
            texts.append(frame.meta["content"]["text"])
        assert texts == ["last words\n"]
        assert home.process.wait(10) == 7


def test_an_output_widget_keeps_what_is_diverted_into_it(home: HomeUnderTest) -> None:
    need("import ipywidgets")
    home.play("import ipywidgets as w")
    played = home.play("out = w.Output()\nwith out:\n    print('diverted')\nprint('shown')")
    assert played.text() == "shown\n"
    assert home.play("print(out.outputs[0]['text'], end='')").text() == "diverted\n"


def test_interact_shows_its_function_in_a_widget(home: HomeUnderTest) -> None:
    need("import ipywidgets")
    home.play("import ipywidgets as w")
    played = home.play("@w.interact(x=3)\ndef shown(x):\n    print('x is', x)")
    assert played.error is None
    assert "application/vnd.jupyter.widget-view+json" in played.data()[0]
    assert home.play("shown.widget.out.outputs").data()[0]["text/plain"].count("x is 3") == 1
