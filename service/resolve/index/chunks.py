"""Large files of lines in chunks of whole lines, gzipped or not."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple, cast

from service.errors import CatalogueError

#: bytes a chunk: some thousand records, little beside what a worker needs anyway
SIZE = 4 << 20
_GZIP = b"\x1f\x8b"


class Chunk(NamedTuple):
    """Whole lines. `first` is the number of the first, from 0; `read` how far into the file, in
    its own bytes, reading has come."""

    data: bytes
    first: int
    read: int


def chunks(path: Path, size: int = SIZE) -> Iterator[Chunk]:
    """The file's lines. Raises CatalogueError for a file that is cut off or can't be read."""
    first = 0
    rest = b""
    try:
        with path.open("rb") as raw:
            file = _unpacked(raw)
            while data := file.read(size):
                end = data.rfind(b"\n") + 1
                if end == 0:
                    rest += data
                    continue
                whole, rest = rest + data[:end], data[end:]
                yield Chunk(whole, first, raw.tell())
                first += whole.count(b"\n")
            if rest:
                yield Chunk(rest, first, raw.tell())
    except (EOFError, zlib.error) as error:
        raise CatalogueError(
            f"{path} is cut off or damaged, after line {first:,}.", mend="Fetch it again."
        ) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise CatalogueError(f"{path} can't be read: {reason}.", mend="Check the path.") from error


def unpacked_size(path: Path) -> int:
    """About how many bytes of lines the file holds."""
    with path.open("rb") as file:
        packed = file.read(2) == _GZIP
    return path.stat().st_size * (5 if packed else 1)


def _unpacked(raw: IO[bytes]) -> IO[bytes]:
    packed = raw.read(2) == _GZIP
    raw.seek(0)
    return cast(IO[bytes], gzip.GzipFile(fileobj=raw)) if packed else raw
