"""Further shops behind a new link: "the words · Bookshop.org"."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from service.rewrite.attributes import link_tag
from service.rewrite.plain import destination

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.model import Change, Media
    from service.rewrite.policy import Target

BETWEEN = " · "
#: what closes behind linked words, before the next shop; an apostrophe belongs to its word
_CLOSING_HTML = re.compile(
    r"(?:</(?:i|em|b|strong|cite|q|u|mark|small|span)[\t\n\f\r ]*>|[\"”’»›“](?!\w))*",
    re.IGNORECASE,
)
_CLOSING_MARKDOWN = re.compile(r"(?:[*_]+|[\"”’»›“])*(?!\w)")


def with_shops(change: Change, source: str, media: Media, shops: Sequence[Target]) -> Change:
    """The change that makes words a link, with links to further shops behind them.

    One change, so that all of it is there or none; what closes behind the words is part of it.
    """
    if not shops:
        return change
    if media == "text":
        further = "".join(f"{BETWEEN}{each.shop}: {each.url}" for each in shops)
        return replace(change, after=f"{change.after.removesuffix(')')}{further})")
    tail = _tail(source, change.end, media)
    further = "".join(f"{BETWEEN}{_link(each, media)}" for each in shops)
    return replace(
        change,
        end=change.end + len(tail),
        before=change.before + tail,
        after=change.after + tail + further,
    )


def _tail(source: str, end: int, media: Media) -> str:
    pattern = _CLOSING_HTML if media == "html" else _CLOSING_MARKDOWN
    closing = pattern.match(source, end)
    return closing[0] if closing else ""


def _link(target: Target, media: Media) -> str:
    if media == "markdown":
        return f"[{target.shop}]({destination(target.url)})"
    return f"{link_tag(target.url)}{target.shop}</a>"
