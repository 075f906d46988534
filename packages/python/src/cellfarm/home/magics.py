# mypy: disallow-subclassing-any=False, disallow-untyped-decorators=False
# (IPython's types are not read: it is the notebook's own, of any version from 8 on.)
"""The cell magic `%%cellfarm`: the tags of a cell, written in the cell.

The compiler reads them from the source. Here the rest of the cell runs as if the magic's line were a
comment, at its own line numbers.
"""

from __future__ import annotations

from typing import Any

from IPython.core.magic import Magics, cell_magic, magics_class

_MAGIC = "%%cellfarm"


@magics_class
class CellfarmMagics(Magics):
    """The magic as IPython lists it, and for who calls it by name."""

    @cell_magic
    def cellfarm(self, line: str, cell: str) -> None:
        """`%%cellfarm role=map target=local cpus=2`: says what the cell is; the cell runs unchanged."""
        self.shell.run_cell(cell).raise_error()


def register(shell: Any) -> None:
    """Makes the magic known to an IPython shell."""
    shell.register_magics(CellfarmMagics)
    shell.input_transformers_cleanup.append(_comment_magic_line)


def _comment_magic_line(lines: list[str]) -> list[str]:
    if not lines or lines[0].split(maxsplit=1)[:1] != [_MAGIC]:
        return lines
    if len(lines) > 1 and lines[1].startswith("%%"):  # another cell magic has to come first
        return lines[1:]
    return [f"# {lines[0]}", *lines[1:]]
