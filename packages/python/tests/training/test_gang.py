"""A training cell is played by a gang: its model, its history and the random generators come home as one process would have left them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from shards.conftest import PYTHON
from shards.fake_service import FakeService

from cellfarm.protocol import messages as m

pytest.importorskip("torch")

SETUP = """
import torch
from torch import nn
from torch.nn import functional as F
torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Sequential(nn.Linear(6, 8), nn.Dropout(0.2), nn.Tanh(), nn.Linear(8, 3))
    def forward(self, x):
        return self.out(x)
torch.manual_seed(1)
X = torch.randn(50, 6)
y = X.abs().argmax(1) % 3
model = Net()
"""
TRAIN = """
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
history = []
for epoch in range(3):
    for part in torch.randperm(50).split(16):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(X[part]), y[part])
        loss.backward()
        optimizer.step()
    history.append(loss.item())
    print(f"epoch {epoch}")
"""
ONLY_RANK_1 = """
import gc, os
from cellfarm.adapters.world import World
if next(each for each in gc.get_objects() if isinstance(each, World)).rank == 1:
"""
READS = ["F", "Net", "X", "model", "nn", "torch", "y"]
WRITES = ["epoch", "history", "loss", "model", "optimizer", "part"]
LOOK = "[round(value, 9) for value in [*history, *model.out[0].weight[0].tolist(), float(torch.rand(1))]]"


@pytest.fixture
def service() -> Iterator[FakeService]:
    path = Path(tempfile.mkdtemp(prefix="cf-"))
    with FakeService(path, python=PYTHON) as service:
        yield service
    shutil.rmtree(path, ignore_errors=True)


def test_a_gang_leaves_at_home_what_one_process_would(service: FakeService) -> None:
    service.play(SETUP)
    away = service.away(TRAIN, READS, WRITES, ranks=2)
    assert (away.status, away.refused) == (m.STATUS_OK, None), away.reason
    assert [content["text"] for _, content in away.outputs] == ["epoch 0\n", "epoch 1\n", "epoch 2\n"]
    assert len(away.notes) == 1 and away.notes[0].startswith("Net: shared out over the ranks, exact")
    assert service.play(
        "type(model) is Net, optimizer.param_groups[0]['params'][0] is model.out[0].weight"
    ).result() == ("(True, True)")
    by_gang = service.play(LOOK).result()
    service.play(SETUP + TRAIN)
    assert by_gang == service.play(LOOK).result()


def test_an_error_is_told_once_and_as_the_cells_own(service: FakeService) -> None:
    service.play(SETUP)
    away = service.away("model(X)\nraise ValueError('no such data')", READS, [], ranks=2)
    assert (away.status, away.reason) == (m.STATUS_RAISED, "ValueError: no such data")
    assert [content["evalue"] for type, content in away.outputs if type == "error"] == ["no such data"]


def test_an_error_of_another_rank_is_that_ranks_own(service: FakeService) -> None:
    service.play(SETUP)
    code = f"{ONLY_RANK_1}    raise ValueError('only here')\nmodel(X)"
    away = service.away(code, READS, [], ranks=2)
    assert (away.status, away.reason) == (m.STATUS_RAISED, "ValueError: only here")


def test_a_rank_that_dies_ends_the_worker_with_its_words(service: FakeService) -> None:
    service.play(SETUP)
    code = f"{ONLY_RANK_1}    os._exit(9)\nmodel(X)"
    with pytest.raises(AssertionError, match="the worker ended"):
        service.away(code, READS, [], ranks=2)


def test_ranks_that_part_ways_leave_the_cell_to_home(service: FakeService) -> None:
    service.play(SETUP)
    code = "import numpy as np\npart = np.random.default_rng().permutation(50)[:20]\nmodel(X[part])"
    away = service.away(code, READS, [], ranks=2)
    assert away.status == m.STATUS_REJECTED
    assert "different values" in away.reason


def test_a_cell_in_a_gang_does_not_see_distributed_code(service: FakeService) -> None:
    service.play(SETUP)
    away = service.away(
        "import torch.distributed as d\nprint(d.is_initialized())\nout = model(X)", READS, [], ranks=2
    )
    assert [content["text"] for _, content in away.outputs] == ["False\n"]
