"""The data files beside this module, read."""

from __future__ import annotations

from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_HERE = Path(__file__).parent


def rows(name: str) -> Iterator[list[str]]:
    """The rows of a tab-separated table, without its heading."""
    lines = (_HERE / name).read_text(encoding="utf-8").splitlines()
    return (line.split("\t") for line in lines[1:])
