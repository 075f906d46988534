"""Decorators say what a function is and change nothing about it."""

from __future__ import annotations

import asyncio
import inspect
import pickle
import subprocess
import sys
from typing import Any

import pytest

import cellfarm as cf

DECORATORS = [cf.map, cf.reduce, cf.stage, cf.task, cf.train]


@cf.map
def plain(x: int) -> int:
    """Doubles."""
    return 2 * x


@cf.task(target="slurm", cpus=4, memory="8GiB", gpus=1, gpu_memory="16 GB", timeout="30m", retries=2)
def asking(x: int, *, y: int = 1) -> int:
    return x + y


@pytest.mark.parametrize("decorator", DECORATORS)
def test_a_decorated_function_is_the_function_itself(decorator: Any) -> None:
    def function(a: int, b: str = "b") -> str:
        """Its own text."""
        return b * a

    signature, text = inspect.signature(function), function.__doc__
    for decorated in (decorator(function), decorator()(function)):
        assert decorated is function
        assert inspect.signature(decorated) == signature
        assert decorated.__doc__ == text
        assert decorated(2) == "bb"


@pytest.mark.parametrize(
    ("function", "role"),
    [(cf.map, "map"), (cf.reduce, "reduce"), (cf.stage, "stage"), (cf.task, "auto"), (cf.train, "train")],
)
def test_the_directive_is_kept_on_the_function(function: Any, role: str) -> None:
    def decorated() -> None: ...

    directive = function(decorated).__cellfarm__
    assert (directive["role"], directive["target"], directive["resources"]) == (role, "auto", {})


def test_resources_are_kept_under_the_names_of_the_tags() -> None:
    assert vars(asking)["__cellfarm__"] == {
        "role": "auto",
        "target": "slurm",
        "resources": {
            "cpus": 4,
            "memory": "8GiB",
            "gpus": 1,
            "gpuMemory": "16 GB",
            "timeout": "30m",
            "retries": 2,
        },
        "options": {},
    }


def test_a_decorated_function_pickles() -> None:
    assert pickle.loads(pickle.dumps(plain)) is plain
    assert pickle.loads(pickle.dumps(asking))(1, y=2) == 3


def test_methods_and_asynchronous_functions_may_be_decorated() -> None:
    class Model:
        @cf.map
        def one(self, x: int) -> int:
            return x + 1

        @cf.task(cpus=2)
        @staticmethod
        def two(x: int) -> int:
            return x + 2

        @classmethod
        @cf.map
        def three(cls, x: int) -> int:
            return x + 3

    @cf.map
    async def later(x: int) -> int:
        return x + 4

    assert (Model().one(0), Model.two(0), Model.three(0)) == (1, 2, 3)
    assert inspect.iscoroutinefunction(later)
    assert asyncio.run(later(0)) == 4


def test_functions_of_c_may_be_decorated() -> None:
    assert cf.map(len) is len


def test_options_of_a_role_are_kept() -> None:
    def add(a: int, b: int) -> int:
        return a + b

    assert vars(cf.reduce(identity=None)(add))["__cellfarm__"]["options"] == {"identity": None}
    assert vars(cf.reduce(add))["__cellfarm__"]["options"] == {}
    assert vars(cf.train(devices=2)(add))["__cellfarm__"]["options"] == {"devices": 2}
    assert vars(cf.task(role="evaluate")(add))["__cellfarm__"]["role"] == "evaluate"


@pytest.mark.parametrize(
    ("decorate", "kind", "words"),
    [
        (lambda: cf.map(5), TypeError, "a function is decorated"),
        (lambda: cf.task(cpus="4"), TypeError, "cpus must be a number"),
        (lambda: cf.task(cpus=0), ValueError, "above 0"),
        (lambda: cf.task(cpus=True), TypeError, "cpus"),
        (lambda: cf.task(gpus=-1), ValueError, "from 0 to 1024"),
        (lambda: cf.task(gpus=1.5), TypeError, "whole number"),
        (lambda: cf.task(retries=101), ValueError, "from 0 to 100"),
        (lambda: cf.task(memory="10 GiBB"), ValueError, "512MiB"),
        (lambda: cf.task(memory=8), TypeError, "512MiB"),
        (lambda: cf.task(memory="0GB"), ValueError, "512MiB"),
        (lambda: cf.task(timeout="30"), ValueError, "90s"),
        (lambda: cf.task(role="mapper"), ValueError, "preprocess"),
        (lambda: cf.task(role=3), TypeError, "preprocess"),
        (lambda: cf.map(target="Slurm!"), ValueError, "lower-case"),
        (lambda: cf.map(target=None), TypeError, "name of a target"),
        (lambda: cf.map(cpu=4), TypeError, "cpus, memory, gpus"),
        (lambda: cf.train(devices="some"), ValueError, '"all"'),
        (lambda: cf.train(devices=0), ValueError, "above 0"),
        (lambda: cf.train(devices=1.5), TypeError, '"all"'),
        (lambda: cf.map(identity=0), TypeError, "takes no argument 'identity'"),
    ],
)
def test_a_bad_argument_is_refused_with_what_is_allowed(
    decorate: Any, kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind) as caught:
        decorate()
    assert words in str(caught.value)


def test_the_package_imports_nothing_but_the_standard_library() -> None:
    code = (
        "import sys; before = set(sys.modules); import cellfarm;"
        "print([n for n in set(sys.modules) - before"
        " if n.split('.')[0] not in sys.stdlib_module_names and n.split('.')[0] != 'cellfarm'])"
    )
    path = cf.__file__.rsplit("/", 2)[0]
    run = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": path}, capture_output=True, text=True, check=True
    )
    assert run.stdout == "[]\n"
