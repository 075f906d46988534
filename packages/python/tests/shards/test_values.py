"""What shards bring back is what home would have made: the same objects, classes and arrays, in order, with what was shown."""

from __future__ import annotations

from .fake_service import FakeService, Play
from .test_guards import only_map, sequential


def came_from_shards(play: Play) -> bool:
    return play.error is None and only_map(play).closed["homeFrom"] is None


def test_values_come_in_order(service: FakeService) -> None:
    service.play("def square(x): return x * x")
    play = service.play("[square(x) for x in range(10)]")
    assert play.result() == str([x * x for x in range(10)])
    assert came_from_shards(play)


def test_text_of_each_element_comes_in_order(service: FakeService) -> None:
    service.play(
        "import os\ndef say(x):\n    print('python', x)\n    os.write(1, b'C %d\\n' % x)\n    return x"
    )
    play = service.play("r = [say(x) for x in range(5)]")
    assert play.text() == "".join(f"python {x}\nC {x}\n" for x in range(5))
    assert came_from_shards(play)


def test_what_is_printed_while_the_text_of_an_element_is_collected_is_that_elements(
    service: FakeService,
) -> None:
    service.play(
        "def say(x):\n"
        "    import sys\n"
        "    left = [3, 2, 1]\n"
        "    def late(message):  # as finalizers may, it prints in the middle of a flush\n"
        "        print('late', left.pop(0), end='|')\n"
        "        if not left: sys.stdout.unregister_hook(late)\n"
        "        return message\n"
        "    if x % 2 == 1:\n"
        "        sys.stdout.register_hook(late)\n"
        "        print('line', x, end='|')\n"
        "    return x"
    )
    play = service.play("r = [say(x) for x in range(4)]")
    assert came_from_shards(play)
    assert play.text() == "".join(f"line {x}|late 3|late 2|late 1|" for x in (1, 3))


def test_displays_come_with_the_text_around_them(service: FakeService) -> None:
    service.play("def show(x):\n    print('before', x)\n    display({'x': x})\n    print('after', x)")
    play = service.play("r = [show(x) for x in range(3)]")
    kinds = [kind for kind, _ in play.outputs]
    assert kinds.count("display_data") == 3
    shown = [c["text"] if t == "stream" else c["data"]["text/plain"] for t, c in play.outputs]
    assert "".join(f"{text}\n" if text.startswith("{") else text for text in shown) == "".join(
        f"before {x}\n{{'x': {x}}}\nafter {x}\n" for x in range(3)
    )
    assert came_from_shards(play)


def test_a_warning_is_shown_once_as_in_one_process(service: FakeService) -> None:
    service.play("import warnings\ndef warn(x):\n    warnings.warn('look out')\n    return x")
    play = service.play("r = [warn(x) for x in range(6)]")
    assert play.text("stderr").count("look out") == 2  # the message, and the line of code below it
    assert came_from_shards(play)


def test_a_warning_of_each_element_is_shown_for_each(service: FakeService) -> None:
    service.play("import warnings\ndef warn_of(x):\n    warnings.warn(f'number {x}')\n    return x")
    code = "r = [warn_of(x) for x in range(4)]"
    play = service.play(code)
    assert [f"number {x}" in play.text("stderr") for x in range(4)] == [True] * 4
    assert came_from_shards(play)


def test_objects_that_home_had_keep_their_identity(service: FakeService) -> None:
    service.play("rows = [[i] for i in range(5)]\ntable = {'k': 1}\ndef pair(row): return row, table")
    play = service.play("pairs = [pair(row) for row in rows]")
    assert came_from_shards(play)
    assert service.play("all(p[0] is r and p[1] is table for p, r in zip(pairs, rows))").result() == "True"


def test_instances_are_of_homes_own_class(service: FakeService) -> None:
    service.play(
        "class Point:\n    made = 'here'\n    def __init__(self, x): self.x = x\ndef point(x): return Point(x)"
    )
    play = service.play("points = [point(x) for x in range(4)]")
    assert came_from_shards(play)
    assert service.play(
        "all(type(p) is Point for p in points), [p.x for p in points], Point.made"
    ).result() == ("(True, [0, 1, 2, 3], 'here')")


def test_arrays_own_their_memory_and_views_stay_views(service: FakeService) -> None:
    service.play("import numpy as np\ngrid = np.arange(24.0).reshape(4, 6).copy()")
    service.play("def parts(i): return grid[i], grid[i] * 2, np.asfortranarray(grid + i)")
    play = service.play("got = [parts(i) for i in range(4)]")
    assert came_from_shards(play)
    check = (
        "all(a.base is grid and b.flags.owndata and b.flags.writeable and c.flags.f_contiguous"
        " and np.array_equal(a, grid[i]) and np.array_equal(b, grid[i] * 2) and np.array_equal(c, grid + i)"
        " for i, (a, b, c) in enumerate(got))"
    )
    assert service.play(check).result() == "True"


def test_a_large_array_travels_as_an_object(service: FakeService) -> None:
    service.play("import numpy as np\ndef fill(x): return np.full(100_000, x, float)")
    play = service.play("filled = [fill(x) for x in range(4)]")
    assert came_from_shards(play)
    refs = [frame.meta["object"] for frame in only_map(play).results.values()]
    assert all(ref is not None for ref in refs)
    assert service.play(
        "sum(float(a[0]) for a in filled), all(a.flags.writeable for a in filled)"
    ).result() == ("(6.0, True)")


def test_results_may_hold_functions_and_modules_by_name(service: FakeService) -> None:
    service.play("import math\ndef tool(x): return math, math.sqrt, tool, x")
    play = service.play("tools = [tool(x) for x in range(3)]")
    assert came_from_shards(play)
    assert service.play("all(t[:3] == (math, math.sqrt, tool) for t in tools)").result() == "True"


def test_figures_shown_by_elements_come_in_order(service: FakeService) -> None:
    service.play("import matplotlib.pyplot as plt\nplt.plot([0, 1]); plt.show()")
    service.play("def draw(x):\n    plt.plot([0, x]); plt.show()\n    return x")
    play = service.play("drawn = [draw(x) for x in range(3)]")
    plain = sequential(service, "drawn = [draw(x) for x in range(3)]")
    images = [c["data"]["image/png"] for t, c in play.outputs if t == "display_data"]
    assert images == [c["data"]["image/png"] for t, c in plain.outputs if t == "display_data"]
    assert len(images) == 3


def test_nan_is_found_again_as_itself(service: FakeService) -> None:
    service.play(
        "import math, numpy as np\ndef nans(x):\n    own = float('nan')\n    return np.nan, math.nan, own, own"
    )
    play = service.play("found = [nans(x) for x in range(3)]")
    assert came_from_shards(play)
    check = "all(a is np.nan and b is math.nan and c is d and c is not a for a, b, c, d in found)"
    assert service.play(check).result() == "True"


def test_values_that_remember_how_they_were_shown_are_not_changed_by_it(service: FakeService) -> None:
    service.play(
        "import pathlib\nroot = pathlib.Path('data')\ndef place(x): return str(root / str(x)) + str(root)"
    )
    play = service.play("[place(x) for x in range(3)]")
    assert play.result() == "['data/0data', 'data/1data', 'data/2data']"
    assert came_from_shards(play)


def test_a_nan_of_the_notebooks_own_comes_back_as_itself(service: FakeService) -> None:
    service.play("nan = float('nan')\ndef choose(i):\n    return nan if i % 2 else i")
    play = service.play("chosen = [choose(i) for i in range(8)]\nsum(value is nan for value in chosen)")
    assert play.result() == "4"
