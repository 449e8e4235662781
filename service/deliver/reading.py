"""Reading a feed for a poll, here or in another process.

Between processes go frames: eight bytes of length, then a pickle.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO

from service import pipeline
from service.model import Imprints

if TYPE_CHECKING:
    from service.model import Entry

_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Reading:
    """A feed that was read: its entries, each in a language, but for those that were known, and
    their keys, as far as they are likely to be wanted: the quick ones at least."""

    entries: tuple[Entry, ...]
    keys: tuple[tuple[str, ...], ...]
    title: str | None
    site_url: str | None
    imprints: Imprints | None


def read(
    body: bytes,
    url: str,
    content_type: str | None,
    language: str | None,
    known: Imprints | None = None,
) -> Reading:
    """The feed, without the `known` entries; None: all of it, of which most is known otherwise.
    `language` is the blog's, where the feed does not say. Raises UnreadableInput."""
    feed = pipeline.read_feed(
        body, url=url, content_type=content_type, known=Imprints() if known is None else known
    )
    spoken = feed.language or language
    entries = tuple(_spoken(entry, spoken) for entry in feed.entries)
    # the words of what is new will be asked for, of the rest seldom
    new = 1 if known is None else len(entries)
    keys = (
        *(pipeline.keys(entry) for entry in entries[:new]),
        *(pipeline.quick_keys(entry) for entry in entries[new:]),
    )
    return Reading(entries, keys, feed.title or None, feed.site_url, feed.imprints)


def _spoken(entry: Entry, language: str | None) -> Entry:
    return entry if entry.language or language is None else replace(entry, language=language)


def send(stream: BinaryIO, value: object) -> None:
    frame = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    stream.write(len(frame).to_bytes(_LENGTH, "big"))
    stream.write(frame)
    stream.flush()


def receive(stream: BinaryIO) -> bytes | None:
    """The next frame's pickle; None at the end."""
    head = stream.read(_LENGTH)
    if len(head) < _LENGTH:
        return None
    size = int.from_bytes(head, "big")
    frame = stream.read(size)
    return frame if len(frame) == size else None
