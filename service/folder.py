"""Folders of this machine that posts go out to: written alone, durably, each file in one step."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service.errors import ChannelUnreachable

LOCK = ".lock"
LOCK_SECONDS = 60.0


@contextmanager
def alone_in(directory: Path) -> Iterator[None]:
    """Make the directory if need be, and keep other writers out of it while the block runs.

    Raises ChannelUnreachable, also for every OSError of the block: a full disk, no permission.
    """
    from filelock import FileLock, Timeout

    try:
        directory.mkdir(parents=True, exist_ok=True)
        with FileLock(directory / LOCK, timeout=LOCK_SECONDS):
            yield
    except Timeout as error:
        raise ChannelUnreachable(
            f"Another program has been writing into {directory} for {LOCK_SECONDS:.0f} seconds."
        ) from error
    except OSError as error:
        raise _unreachable(directory, error) from error


def replace(path: Path, data: bytes) -> None:
    """Write the file in one step: whoever looks sees the old one whole or the new one whole.

    Only for a folder that nobody else writes into meanwhile. Raises OSError, and then leaves
    nothing half written.
    """
    # The name is always the same, so that what a crash left is written over.
    temporary = path.with_name(f".{path.name}.part")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync(path.parent)


def sync(directory: Path) -> None:
    """Make the names in the directory outlive a power cut. Raises OSError."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unreachable(directory: Path, error: OSError) -> ChannelUnreachable:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ChannelUnreachable(
            f"The disk that holds {directory} is full.",
            mend="Make room; it is tried again by itself.",
        )
    return ChannelUnreachable(
        f"{error.filename or directory}: {error.strerror or error}.",
        mend="See that the folder exists and may be written; it is tried again by itself.",
    )
