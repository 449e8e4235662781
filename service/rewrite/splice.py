"""Changes put into a text and taken out again, every other character as it was."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from service.errors import UnreadableInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from service.model import Change

_SPAN = attrgetter("start", "end")


def apply(source: str, changes: Sequence[Change]) -> str:
    """The text with each span replaced by its `after`.

    changes: in order, not overlapping, offsets into `source`. Raises UnreadableInput where the
    text does not hold what a change says stood there.
    """
    pieces: list[str] = []
    position = 0
    for each in changes:
        if each.start < position or source[each.start : each.end] != each.before:
            raise _other_text(each)
        pieces += source[position : each.start], each.after
        position = each.end
    pieces.append(source[position:])
    return "".join(pieces)


def undo(output: str, changes: Sequence[Change]) -> str:
    """The original of which `apply` with these changes made this output.

    Raises UnreadableInput where the output does not hold what the changes put there.
    """
    pieces: list[str] = []
    position = end = 0
    for each in changes:
        start = position + each.start - end
        if each.start < end or output[start : start + len(each.after)] != each.after:
            raise _other_text(each)
        pieces += output[position:start], each.before
        position, end = start + len(each.after), each.end
    pieces.append(output[position:])
    return "".join(pieces)


def in_order(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes sorted by their place; of overlapping ones the first."""
    kept: list[Change] = []
    for each in sorted(changes, key=_SPAN):
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    return tuple(kept)


def _other_text(change: Change) -> UnreadableInput:
    return UnreadableInput(
        f"The text at {change.start} is not the one this report is about.",
        mend="Use the report that was written with this very file.",
    )
