"""The report of a rewrite: one JSON object a change, enough to take each out again."""

import json
from collections.abc import Mapping, Sequence
from json.encoder import encode_basestring_ascii as quoted
from pathlib import Path, PurePath
from types import TracebackType

from cli.batch import Input
from service.errors import UnreadableInput, UsageError
from service.model import Change


class Report:
    """Writes changes as JSON Lines. A context manager."""

    def __init__(self, path: Path) -> None:
        try:
            self._file = path.open("w", encoding="ascii")
        except OSError as error:
            raise UsageError(
                f"The report {path} can't be written: {error.strerror}.", mend="Name another file."
            ) from error

    def __enter__(self) -> "Report":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def write(self, source: Input, changes: Sequence[Change]) -> None:
        """A line for each change; `output` is where the document stands below the output folder."""
        if not changes:
            return
        name, place = quoted(source.name), quoted(source.relative)
        lines = [
            f'{{"source": {name}, "start": {each.start}, "end": {each.end}, '
            f'"before": {quoted(each.before)}, "after": {quoted(each.after)}, '
            f'"rule": {quoted(each.rule)}, "why": {quoted(each.why)}, "output": {place}}}\n'
            for each in changes
        ]
        self._file.write("".join(lines))


def read_report(path: Path) -> dict[str, list[Change]]:
    """The changes of each document, by where it stands below the output folder.

    Raises UsageError for a report that can't be read, UnreadableInput for one that is none.
    """
    changes: dict[str, list[Change]] = {}
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    name, change = _change(line, number, path)
                    changes.setdefault(name, []).append(change)
    except OSError as error:
        raise UsageError(
            f"The report {path} can't be read: {error.strerror}.", mend="Check its path."
        ) from error
    except UnicodeDecodeError as error:
        raise _no_report(path) from error
    return changes


def _change(line: str, number: int, path: Path) -> tuple[str, Change]:
    try:
        said = json.loads(line)
        change = Change(
            int(said["start"]),
            int(said["end"]),
            str(said["before"]),
            str(said["after"]),
            str(said["rule"]),
            str(said["why"]),
        )
        return str(said.get("output") or said["source"]), change
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _no_report(path, number) from error


def _no_report(path: Path, line: int | None = None) -> UnreadableInput:
    where = f" (line {line})" if line else ""
    return UnreadableInput(
        f"{path} is no report of a rewrite{where}.", mend="Give the file that --report wrote."
    )


def changes_of(
    source: Input, changes: Mapping[str, Sequence[Change]], *, alone: bool
) -> Sequence[Change]:
    """The changes of this document: of the name in the report that its path ends with.

    Where a single document is brought back and the report is of one, its name may be another.
    A document that the report does not name was not changed.
    """
    parts = PurePath(source.relative if source.is_stdin else source.name).parts
    for start in range(len(parts)):
        found = changes.get(PurePath(*parts[start:]).as_posix())
        if found is not None:
            return found
    if alone and len(changes) == 1:
        return next(iter(changes.values()))
    return ()
