"""Errors that the Jupyter side itself has to tell, in the words of the one catalogue (packages/protocol/ERRORS.md).

A test holds these copies to the catalogue; errors of the service pass through the relay as they are.
"""

from __future__ import annotations

from typing import TypedDict


class ErrorReport(TypedDict):
    code: str
    name: str
    message: str
    hint: str
    cell: int | None
    line: int | None


CATALOGUE = {
    "C5001": (
        "service-unreachable",
        "the service does not answer at {address}",
        "Start it with `cellfarm up`, or look into its log at {log}.",
    ),
    "C5007": (
        "protocol-version",
        "{peer} speaks protocol {theirs}, this is {ours}",
        "Use the same version of cellfarm on both sides.",
    ),
    "C5008": (
        "internal",
        "cellfarm itself failed: {detail}",
        "Please report it with the log at {log}.",
    ),
    "C6004": ("not-found", "there is nothing at {path}", "See the service API in the documentation."),
}
"""Name, message and hint by code."""


def report(code: str, **fields: object) -> ErrorReport:
    """The report of an error. Raises KeyError for a code that is not here, or a field that is missing."""
    name, message, hint = CATALOGUE[code]
    return {
        "code": code,
        "name": name,
        "message": message.format(**fields),
        "hint": hint.format(**fields),
        "cell": None,
        "line": None,
    }
