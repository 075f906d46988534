"""Prints every route of the installed cellfarm, as JSON: for each pattern of its handlers and of what these relay, one path.

Run by the Python of the environment that is tested, so a route that is added to the code is added here by itself.
"""

import json
import re

from cellfarm.jupyter import routes
from cellfarm.jupyter.app import Cellfarm

CHARACTERS = re.compile(r"(?:\[[^\]]*\](?:\{[\d,]+\})?)+")
DIGITS = re.compile(r"\\d\{[\d,]+\}")
CHOICE = re.compile(r"\(\?:([^()]*)\)\??")


def paths_of(pattern: str) -> list[str]:
    """One path for each of its choices that the pattern matches."""
    choice = CHOICE.search(pattern)
    if choice is not None:
        whole = [pattern[: choice.start()] + word + pattern[choice.end() :] for word in choice[1].split("|")]
        return [path for each in whole for path in paths_of(each)]
    return [CHARACTERS.sub("x1", DIGITS.sub("1", pattern)).replace("\\.", ".")]


def checked(pattern: str) -> list[str]:
    paths = paths_of(pattern)
    assert all(re.fullmatch(pattern, path) for path in paths), (pattern, paths)
    return paths


app = Cellfarm()
app.watch = None
app.initialize_handlers()
found: list[str] = []
for pattern, *_ in app.handlers:
    relayed = [path for _, each in routes._ROUTES for path in checked(each.pattern)]
    found += [pattern.replace("(.+)", path) for path in relayed] if "(.+)" in pattern else checked(pattern)
print(json.dumps(sorted({path.lstrip("/") for path in found})))
