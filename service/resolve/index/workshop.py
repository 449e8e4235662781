"""Where an index is made: a folder beside it, kept until it is done, so that work goes on after a
crash where it stopped; a lock, so that two don't make the same index at once."""

import errno
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from service.errors import CatalogueError
from service.resolve.index.layout import MAGIC

#: seconds that workers of a command that was killed may still hold the lock
PATIENCE = 3.0


class Workshop:
    """The folder in which one index is made. Stages that are finished are not begun again.

    `recipe` says from what it is made; what was made by another recipe is thrown away.
    """

    def __init__(self, output: Path, recipe: Mapping[str, Any]) -> None:
        self.output = output
        self.directory = output.with_name(f".{output.name}.parts")
        told = json.dumps(recipe, sort_keys=True)
        if not self._reads("recipe", told):
            shutil.rmtree(self.directory, ignore_errors=True)
            self.directory.mkdir(parents=True)
            self._write("recipe", told)

    def result(self, stage: str) -> Any | None:
        """What the stage gave when it was finished; None where it was not."""
        try:
            return json.loads((self.directory / f"{stage}.done").read_text("utf-8"))
        except (OSError, ValueError):
            return None

    def begin(self, stage: str) -> Path:
        """An empty folder for the stage."""
        folder = self.folder(stage)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder

    def folder(self, stage: str) -> Path:
        """The stage's folder."""
        return self.directory / stage

    def finish(self, stage: str, result: Any) -> Any:
        """Note that the stage is finished, and what it gave. Returns `result`."""
        self._write(f"{stage}.done", json.dumps(result))
        return result

    def discard(self, *stages: str) -> None:
        """Give back the room that finished stages took."""
        for stage in stages:
            shutil.rmtree(self.folder(stage), ignore_errors=True)

    def deliver(self, made: Path) -> None:
        """Put the finished file in the place of the output, in one step, and clear up."""
        with made.open("rb") as file:
            os.fsync(file.fileno())
        made.replace(self.output)
        shutil.rmtree(self.directory, ignore_errors=True)

    def _reads(self, name: str, told: str) -> bool:
        try:
            return (self.directory / name).read_text("utf-8") == told
        except (OSError, ValueError):
            return False

    def _write(self, name: str, told: str) -> None:
        temporary = self.directory / f"{name}.new"
        temporary.write_text(told, "utf-8")
        temporary.replace(self.directory / name)


@contextmanager
def workshop(output: Path, recipe: Mapping[str, Any]) -> Iterator[Workshop]:
    """The workshop of this output, alone in it. Raises CatalogueError, also for a full disk and
    for an output that is something else than an index."""
    from filelock import FileLock, Timeout

    try:
        _spare(output)
        with FileLock(output.with_name(f".{output.name}.lock"), timeout=PATIENCE):
            yield Workshop(output, recipe)
    except Timeout as error:
        raise CatalogueError(
            f"Another command is making {output} just now.",
            mend="Wait for it, or name another output.",
        ) from error
    except OSError as error:
        raise unwritable(output, error) from error


def _spare(output: Path) -> None:
    """Raise CatalogueError for an output that holds something else than an index."""
    if output.exists():
        with output.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise CatalogueError(
                    f"{output} is there already, and is no index.", mend="Name another output."
                )


def unwritable(output: Path, error: OSError) -> CatalogueError:
    """The error for what the disk refuses. What stood at `output` still stands there."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return CatalogueError(
            f"The disk that holds {output} is full. What was there before is still there.",
            mend="Make room and run it again: it goes on where it stopped.",
        )
    return CatalogueError(
        f"{error.filename or output}: {error.strerror or error}.",
        mend="See that the folder exists and may be written, then run it again.",
    )
