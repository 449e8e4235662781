"""Lines dealt out to parts: files of one folder that several processes append to."""

import errno
import os
from collections.abc import Iterable, Mapping
from pathlib import Path


def deal(folder: Path, hands: Mapping[int, Iterable[bytes]], between: bytes = b"\n") -> None:
    """Append what each part is dealt, each piece ended by `between`. Raises OSError."""
    for part, pieces in hands.items():
        data = between.join(pieces) + between
        # one write with O_APPEND never mixes with another process's
        descriptor = os.open(path_of(folder, part), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            if os.write(descriptor, data) != len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))
        finally:
            os.close(descriptor)


def dealt(folder: Path, part: int) -> bytes:
    """All that a part was dealt. Raises OSError."""
    try:
        return path_of(folder, part).read_bytes()
    except FileNotFoundError:
        return b""


def path_of(folder: Path, part: int) -> Path:
    """The file of a part."""
    return folder / f"{part:04d}"
