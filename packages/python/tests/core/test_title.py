"""A process shows another command line in place of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "src"

CODE = """
import sys
sys.path.insert(0, {path!r})
from cellfarm.title import set_title
set_title({words!r})
print(open('/proc/self/cmdline').read().rstrip('\\0').split('\\0'))
"""


def shown(words: tuple[str, ...]) -> str:
    code = CODE.format(path=str(PACKAGE), words=words)
    run = subprocess.run([sys.executable, "-c", code, "argument"], capture_output=True, text=True, check=True)
    return run.stdout.strip()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere the command line stays as it is")
def test_the_words_are_seen_as_the_command_line() -> None:
    assert shown(("cellfarm", "worker", "shard")) == "['cellfarm', 'worker', 'shard']"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere the command line stays as it is")
def test_words_without_room_are_cut() -> None:
    assert shown(("cellfarm", "x" * 100_000)).startswith("['cellfarm', 'xxx")
