"""Attribute values written the way the document writes them (WHATWG HTML, 13.1.2.3)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from service.markup import unescaped
from service.model import Change

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service.markup import Attribute

REL = ("sponsored", "nofollow", "noopener")
_NEW_REL = f' rel="{" ".join(REL)}"'
_WHY = "a paid link says so"
_NEEDS_QUOTES = re.compile(r"""[\s"'`<>]|^\Z""")


def value_as_written(value: str, before: str, quote: str) -> str:
    """The value in the quoting and entity style of the one that stands there.

    A bare `&` stays bare where `before` has bare ones and nothing could read it as an entity.
    A bare value that needs quotes gets them.
    """
    bare_style = "&" in before and "&amp;" not in before.lower()
    written = value
    if not bare_style or unescaped(value, attribute=True) != value:
        written = value.replace("&", "&amp;")
    if quote == "'":
        return written.replace("'", "&#39;")
    if quote == "" and not _NEEDS_QUOTES.search(written):
        return written
    written = written.replace('"', "&quot;")
    return written if quote else f'"{written}"'


def link_tag(url: str) -> str:
    """The start tag of a new paid link."""
    escaped = url.replace("&", "&amp;").replace('"', "&quot;")
    return f'<a href="{escaped}" rel="{" ".join(REL)}">'


def rel_change(source: str, attributes: Iterable[Attribute], place: int) -> Change | None:
    """What merges our rel tokens into those of a tag's attributes; None where all stand there.

    What stands there stays; nothing is doubled. Without a rel, one is put at `place`.
    """
    for rel in attributes:
        if rel.name == "rel":
            return _merged(source, rel)
    return Change(place, place, "", _NEW_REL, "rel", _WHY)


def _merged(source: str, rel: Attribute) -> Change | None:
    there = rel.value.lower().split()
    missing = [token for token in REL if token not in there]
    if not missing:
        return None
    before = source[rel.value_start : rel.value_end]
    after = " ".join((before.rstrip(), *missing) if before.strip() else missing)
    if not rel.quote:
        equals = "" if "=" in source[rel.start : rel.value_start] else "="
        after = f'{equals}"{after}"'
    return Change(rel.value_start, rel.value_end, before, after, "rel", _WHY)
