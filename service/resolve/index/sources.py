"""Which kind of catalogue or export a file is."""

from collections.abc import Sequence
from pathlib import Path

from service.errors import UsageError
from service.ports import Export
from service.resolve.index.imports import Source
from service.resolve.index.layout import MAGIC

INDEX, JSON_LINES = "index", "json_lines"
_HEAD = 1 << 16


def sources_of(paths: Sequence[Path], kind: str, exports: Sequence[Export]) -> list[Source]:
    """The files as sources. `kind` is one for all, or "auto": as each file looks.

    Raises UsageError for a file that isn't there or that is nothing we know.
    """
    by_kind = {each.kind: each for each in exports}
    known = ("auto", INDEX, JSON_LINES, *by_kind)
    if kind not in known:
        raise UsageError(f"There is no format {kind}.", mend=f"Use one of: {', '.join(known)}")
    return [_source(path, kind, by_kind.get(kind), exports) for path in paths]


def _source(path: Path, kind: str, export: Export | None, exports: Sequence[Export]) -> Source:
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(f"{path} can't be read: {reason}.", mend="Check the path.") from error
    if kind != "auto":
        return Source(path, kind, export)
    if head.startswith(MAGIC):
        return Source(path, INDEX)
    for each in exports:
        if each.recognises(path, head):
            return Source(path, each.kind, each)
    if head.startswith(b"\x1f\x8b") or head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return Source(path, JSON_LINES)
    kinds = ", ".join((JSON_LINES, *(each.kind for each in exports)))
    raise UsageError(
        f"{path} is no catalogue and no export that we know.", mend=f"Name it: --format {kinds}"
    )
