"""The bodies of answers: read, decompressed, and held within bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from service.errors import FetchError, TooLarge, Unreachable
from service.ingest import compression
from service.ingest.room import SMALL, Room, Share
from service.ingest.time_limit import clock_stopped

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: seconds that a large body waits for others to be done with
_LONGEST_WAIT = 600.0


class Body(NamedTuple):
    """A body, decompressed, and the share of room that a large one holds."""

    data: bytes = b""
    share: Share | None = None


def read_body(
    chunks: Iterable[bytes],
    headers: Mapping[str, str],
    *,
    address: str,
    max_bytes: int,
    room: Room,
) -> Body:
    """`max_bytes` counts before and after decompression. Raises TooLarge and Unreachable."""
    told = _told_length(headers)
    if told is not None and told > max_bytes:
        raise _too_large(address, max_bytes)
    encodings = compression.encodings(headers.get("content-encoding", ""))
    arriving = _Arriving(room, max_bytes if encodings or told is None else told, address)
    try:
        for chunk in chunks:
            arriving.add(chunk)
            if len(arriving.received) > max_bytes:
                raise _too_large(address, max_bytes)
        data = arriving.decompressed(encodings, max_bytes) if encodings else arriving.plain()
    except BaseException:
        # whoever keeps the error keeps this frame and what is in it
        arriving.drop()
        raise
    if arriving.share is not None:
        arriving.share.shrink(len(data))
    return Body(data, arriving.share)


class _Arriving:
    """What has come of a body; `most` is how large it may be when it is all there."""

    def __init__(self, room: Room, most: int, address: str) -> None:
        self._room, self._most, self._address = room, most, address
        self.received = bytearray()
        self.share: Share | None = None

    def add(self, chunk: bytes) -> None:
        self.received += chunk
        if len(self.received) > SMALL:
            self._take_room()

    def plain(self) -> bytes:
        return bytes(self.received)

    def decompressed(self, encodings: tuple[str, ...], max_bytes: int) -> bytes:
        limit = max_bytes if self.share is not None else min(SMALL, max_bytes)
        # raised where no error is at hand whose frames would hold what was decompressed
        failure: FetchError
        try:
            return compression.decompressed(bytes(self.received), encodings, limit)
        except compression.TooMuch:
            failure = _too_large(self._address, max_bytes)
        except compression.Broken as error:
            limit, failure = max_bytes, Unreachable(f"{self._address} {error}.", url=self._address)
        if limit == max_bytes:
            raise failure
        self._take_room()
        return self.decompressed(encodings, max_bytes)

    def drop(self) -> None:
        self.received.clear()
        if self.share is not None:
            self.share.release()

    def _take_room(self) -> None:
        if self.share is None:
            with clock_stopped():
                self.share = self._room.take(self._most, _LONGEST_WAIT)
        if self.share is None:
            raise Unreachable(
                f"{self._address} is large, and others as large took too long to be read.",
                url=self._address,
            )


def _told_length(headers: Mapping[str, str]) -> int | None:
    told = headers.get("content-length", "")
    return int(told[:18]) if told.isascii() and told.isdigit() else None


def _too_large(address: str, max_bytes: int) -> TooLarge:
    return TooLarge(
        f"{address} is larger than {max_bytes:,} bytes.",
        url=address,
        mend="Point at a smaller feed, for example one with fewer posts.",
    )
