"""A fork leaves both processes whole, whatever arrives while it happens."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import PYTHON

SOURCE = Path(__file__).resolve().parents[2] / "src"
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can fork a home safely")
FORKS_UNDER_INTERRUPTS = """
import os, signal, sys, threading, time
sys.path.append(sys.argv[1])
from cellfarm.home.fork import fork
met = 0
def meet(number, frame):
    global met
    if frame.f_code.co_filename.endswith('fork.py'):
        met += 1
        raise KeyboardInterrupt
signal.signal(signal.SIGALRM, meet)
children = set()
signal.setitimer(signal.ITIMER_REAL, 0.0003, 0.0003)
for _ in range(200):
    try:
        if fork(children) == 0:
            os._exit(0)
    except KeyboardInterrupt:
        pass
signal.setitimer(signal.ITIMER_REAL, 0)
for pid in children:
    os.waitpid(pid, 0)
thread = threading.Thread(target=time.sleep, args=(0,))
thread.start()
thread.join()
try:
    os.waitpid(-1, 0)
except ChildProcessError:
    print('whole', met > 0)
"""
SAME_RANDOM_NUMBERS = """
import os, random, sys
sys.path.append(sys.argv[1])
from cellfarm.home.fork import fork
random.seed(1)
pid = fork(set())
if pid == 0:
    os._exit(int(random.random() * 100))
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == int(random.random() * 100))
"""
WITHOUT_A_WARNING = """
import os, sys, threading, warnings
sys.path.append(sys.argv[1])
from cellfarm.home.fork import fork
warnings.simplefilter('error')
stop = threading.Event()
thread = threading.Thread(target=stop.wait)
thread.start()
pid = fork(set())
if pid == 0:
    os._exit(0)
os.waitpid(pid, 0)
stop.set()
thread.join()
print('quiet')
"""


def said_by(code: str) -> str:
    done = subprocess.run(
        [PYTHON, "-c", code, str(SOURCE)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        start_new_session=True,
    )
    return done.stdout.strip()


def test_interrupts_while_it_forks_leave_the_parent_whole() -> None:
    assert said_by(FORKS_UNDER_INTERRUPTS) == "whole True"


def test_a_child_goes_on_with_its_parents_random_numbers() -> None:
    assert said_by(SAME_RANDOM_NUMBERS) == "True"


def test_a_fork_beside_threads_gives_no_warning() -> None:
    assert said_by(WITHOUT_A_WARNING) == "quiet"
