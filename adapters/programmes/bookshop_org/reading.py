"""A URL of Bookshop.org's, read by the forms of the table beside."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from service.identifiers import is_isbn13, isbns
from service.model import ShopLink
from service.weblink import WebLink, table_rows, web_link

if TYPE_CHECKING:
    from collections.abc import Sequence

#: host → marketplace
HOSTS = {
    "bookshop.org": "bookshop.org",
    "www.bookshop.org": "bookshop.org",
    "uk.bookshop.org": "uk.bookshop.org",
}
#: parameters that carry an affiliate id in links in the wild
_TAGS = ("affiliate", "affiliateid", "affiliate_id", "aid")
_TAG = re.compile(r"[0-9A-Za-z_-]{1,64}", re.ASCII)


_ROWS = table_rows(Path(__file__).with_name("forms.tsv"))
_FORMS = [(kind, tuple(form.split("/"))) for kind, form, *_ in _ROWS]


def read(url: str, programme: str) -> ShopLink | None:
    """The link, read; None for a URL whose host is not the shop's."""
    link = web_link(url)
    if link is None or link.host not in HOSTS:
        return None
    market = HOSTS[link.host]
    kind, found = _kind(link.segments)
    isbn13 = found.get("{isbn13}") or _ean(link)
    tag = found.get("{affiliate}") or next(
        (link.query[each] for each in _TAGS if _TAG.fullmatch(link.query.get(each, ""))), None
    )
    if link.segments[:1] == ("a",) and tag is None and len(link.segments) > 1:
        tag = link.segments[1] if _TAG.fullmatch(link.segments[1]) else None
    if kind != "product" or isbn13 is None:
        isbn13 = None
    return ShopLink(
        url,
        kind,  # type: ignore[arg-type]
        programme,
        market,
        isbn13=isbn13,
        isbn10=isbns(isbn13)[1] if isbn13 else None,
        canonical=f"https://{market}/book/{isbn13}" if isbn13 else None,
        tag=tag,
    )


def _kind(segments: Sequence[str]) -> tuple[str, dict[str, str]]:
    """(kind of page, what stands for the form's names)."""
    for kind, form in _FORMS:
        if len(form) <= len(segments) and (found := _matched(form, segments)) is not None:
            return kind, found
    return "other", {}


def _matched(form: Sequence[str], segments: Sequence[str]) -> dict[str, str] | None:
    found: dict[str, str] = {}
    for wanted, segment in zip(form, segments, strict=False):
        if wanted == "{isbn13}":
            if not is_isbn13(segment):
                return None
            found[wanted] = segment
        elif wanted == "{affiliate}":
            if not _TAG.fullmatch(segment):
                return None
            found[wanted] = segment
        elif wanted not in ("*", segment.lower()):
            return None
    return found


def _ean(link: WebLink) -> str | None:
    ean = link.query.get("ean", "")
    return ean if is_isbn13(ean) else None
