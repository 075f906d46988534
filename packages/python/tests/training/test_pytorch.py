"""The adapter for PyTorch trains what one device would have trained: the same weights and printed lines, in float64, on every rank."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from cellfarm.adapters import Verdict  # noqa: E402
from training.cases import CASES  # noqa: E402  # torch is asked for first
from training.hard_cases import HARD, PARTING, SPLIT  # noqa: E402

HERE = Path(__file__).parent
ALL = {**CASES, **HARD}
WHOLE = SPLIT | {
    "a module whose loss needs a tensor of its own": "no parameters of the module",
    "the loss inside forward": "one number",
}
"""Cases whose model is called whole, and words of which one is in the reason."""


def _play(folder: Path, size: int) -> list[dict[str, Any]]:
    """What each of `size` ranks kept."""
    environment = dict(
        os.environ, MASTER_ADDR="127.0.0.1", MASTER_PORT=str(_free_port()), OMP_NUM_THREADS="1"
    )
    environment["PYTHONPATH"] = os.pathsep.join([str(HERE.parent), str(HERE.parent.parent / "src")])
    outs = [folder / f"{size}-{rank}.pt" for rank in range(size)]
    ranks = [
        subprocess.Popen(
            [sys.executable, str(HERE / "play_cases.py"), str(rank), str(size), str(out)],
            env=environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank, out in enumerate(outs)
    ]
    for rank in ranks:
        _, words = rank.communicate(timeout=900)
        assert rank.returncode == 0, words
    return [torch.load(out, weights_only=False) for out in outs]


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return _play(tmp_path_factory.mktemp("plain"), 1)[0]


@pytest.fixture(scope="module", params=[2, 3, 4])
def ranks(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    return _play(tmp_path_factory.mktemp("gang"), request.param)


@pytest.mark.parametrize("case", ALL)
def test_every_rank_ends_with_the_weights_of_one_device(
    plain: dict[str, Any], ranks: list[dict[str, Any]], case: str
) -> None:
    for kept in ranks:
        for weight, expected in zip(kept[case]["weights"], plain[case]["weights"], strict=True):
            torch.testing.assert_close(weight, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("case", ALL)
def test_every_rank_prints_what_one_device_prints(
    plain: dict[str, Any], ranks: list[dict[str, Any]], case: str
) -> None:
    expected = _numbers(plain[case]["printed"])
    for kept in ranks:
        assert _numbers(kept[case]["printed"]) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("case", ALL)
def test_calls_are_shared_out_or_the_reason_is_told(ranks: list[dict[str, Any]], case: str) -> None:
    verdicts: list[Verdict] = ranks[0][case]["verdicts"]
    assert all(kept[case]["verdicts"] == verdicts for kept in ranks)
    if case == "no module at all":
        assert verdicts == []
    elif case in WHOLE:
        assert not verdicts[0].shared and any(word in verdicts[0].reason for word in WHOLE[case].split("|"))
    else:
        assert verdicts and all(verdict.shared and verdict.checked >= 1 for verdict in verdicts)
    assert max((verdict.worst for verdict in verdicts), default=0.0) < 1e-9


@pytest.mark.parametrize("case", PARTING)
def test_ranks_that_part_ways_stop_with_a_sentence(ranks: list[dict[str, Any]], case: str) -> None:
    for kept in ranks:
        assert "its ranks" in kept[case]["stopped"]


def _numbers(text: str) -> list[float]:
    return [float(word) for word in text.replace("epoch", "").replace("loss", "").split()]
