"""A cell that leaves: what it needs goes with it, what it makes comes back, and home's own objects stay home's own."""

from __future__ import annotations

import pytest
from shards.fake_service import FakeService

from cellfarm.protocol import messages as m


def test_a_cell_runs_away_and_its_outputs_are_bound(service: FakeService) -> None:
    service.play("base = [1, 2, 3]\nfactor = 10\ndef scale(x): return x * factor")
    away = service.away(
        "print('away')\nscaled = [scale(x) for x in base]\nscaled", ["base", "scale", "factor"], ["scaled"]
    )
    assert (away.status, away.refused) == (m.STATUS_OK, None)
    assert away.outputs == [
        ("stream", {"name": "stdout", "text": "away\n"}),
        ("execute_result", {"data": {"text/plain": "[10, 20, 30]"}, "metadata": {}, "execution_count": 70}),
    ]
    assert service.play("scaled").result() == "[10, 20, 30]"


def test_a_function_away_reads_the_names_that_the_cell_sets(service: FakeService) -> None:
    service.play("rate = 2\ndef rated(x): return x * rate")
    service.away("rate = 5\nmade = rated(3)", ["rate", "rated"], ["rate", "made"])
    assert service.play("rate, made, rated(1)").result() == "(5, 15, 5)"


def test_a_function_defined_away_reads_homes_names(service: FakeService) -> None:
    service.play("offset = 1")
    service.away("def shifted(x): return x + offset", ["offset"], ["shifted"])
    service.play("offset = 100")
    assert service.play("shifted(1), shifted.__globals__ is globals()").result() == "(101, True)"


def test_torchs_settings_of_home_hold_away(service: FakeService) -> None:
    pytest.importorskip("torch")
    service.play("import torch\ntorch.set_default_dtype(torch.float64)")
    away = service.away("made = torch.ones(2)", ["torch"], ["made"])
    kept = service.play("torch.set_default_dtype(torch.float32)\nstr(made.dtype)")
    assert (away.status, kept.result()) == (m.STATUS_OK, "'torch.float64'")


def test_an_input_that_is_not_changed_comes_back_as_itself(service: FakeService) -> None:
    service.play("import numpy as np\ndata = np.arange(5)")
    service.away("holder = {'data': data, 'sum': int(data.sum())}", ["data"], ["holder"])
    assert service.play("holder['data'] is data, holder['sum']").result() == "(True, 10)"


def test_an_input_that_is_changed_comes_back_changed(service: FakeService) -> None:
    service.play("basket = [1]\nalias = basket")
    service.away("basket.append(2)", ["basket", "alias"], ["basket", "alias"])
    assert service.play("basket, alias is basket").result() == "([1, 2], True)"


def test_instances_are_of_homes_class_and_the_class_keeps_its_attributes(service: FakeService) -> None:
    service.play("class Tool:\n    uses = 0\n    def __init__(self, n): self.n = n\ntool = Tool(1)")
    service.away("tools = [Tool(i) for i in range(3)] + [tool]", ["Tool", "tool"], ["tools"])
    service.play("Tool.uses = 7")
    assert service.play("all(type(t) is Tool for t in tools), tools[-1] is tool, tools[0].uses").result() == (
        "(True, True, 7)"
    )


def test_objects_of_libraries_are_looked_at_without_asking_them(service: FakeService) -> None:
    service.play(
        "import json\nasked = []\n"
        "class Touchy:\n"
        "    def __getattribute__(self, name):\n"
        "        asked.append(name)\n"
        "        return object.__getattribute__(self, name)\n"
        "json.old = Touchy()"
    )
    assert service.away("nine = 9", [], ["nine"]).status == m.STATUS_OK
    assert service.play("del json.old\nasked").result() == "[]"


def test_a_name_that_is_deleted_away_is_gone_at_home(service: FakeService) -> None:
    service.play("doomed = 1")
    assert service.away("del doomed", ["doomed"], ["doomed"]).status == m.STATUS_OK
    assert service.play("'doomed' in globals()").result() == "False"


def test_settings_of_home_hold_away(service: FakeService) -> None:
    service.play(
        "import decimal, os, warnings\ndecimal.getcontext().prec = 7\nos.environ['MARK'] = 'set at home'"
    )
    service.away(
        "found = (str(decimal.Decimal(1) / 3), os.environ['MARK'], os.getcwd())", ["decimal", "os"], ["found"]
    )
    assert service.play("found == ('0.3333333', 'set at home', os.getcwd())").result() == "True"


@pytest.mark.parametrize(
    ("setup", "names", "word"),
    [
        ("handle = open('h.txt', 'w')", ["handle"], "an open file"),
        ("import threading; guard = threading.Lock()", ["guard"], "a lock"),
        ("steps = (i for i in range(3))", ["steps"], "a generator"),
        ("class Gone: pass\ngone = Gone()\ndel Gone", ["gone"], "no longer defined"),
        (
            "import textwrap; textwrap.dedent = lambda text: text",
            ["textwrap"],
            "textwrap.dedent was replaced",
        ),
    ],
)
def test_what_cannot_leave_is_refused_by_name(
    service: FakeService, setup: str, names: list[str], word: str
) -> None:
    service.play(setup)
    refused = service.away("pass", names, []).refused
    service.play("import importlib, textwrap; importlib.reload(textwrap)")
    assert refused is not None and word in refused


def test_an_error_away_is_told(service: FakeService) -> None:
    away = service.away("1 / 0", [], [])
    assert (away.status, away.reason) == (m.STATUS_RAISED, "ZeroDivisionError: division by zero")


def test_random_draws_away_are_thrown_away(service: FakeService) -> None:
    service.play("import random")
    away = service.away("drawn = random.random()", ["random"], ["drawn"])
    assert away.status == m.STATUS_REJECTED and "random" in away.reason


def test_outputs_that_cannot_come_back_are_told(service: FakeService) -> None:
    away = service.away("stuck = (i for i in range(3))", [], ["stuck"])
    assert away.status == m.STATUS_UNSHIPPABLE
