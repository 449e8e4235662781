"""The body of a post where the page gives it a name, as blog programs and magazines do."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from service.ingest.page_noise import names_of

if TYPE_CHECKING:
    from service.ingest.page_stats import Stats

#: names that blog programs and magazines give to the body of a post alone
_BODY = re.compile(
    r"(?:^|[\s_-])(?:entry|post|article|art|story|blog|single|gh|node|singlepost)[_-]{0,2}"
    r"(?:content|body|text)(?:[\s_-]|$)|"
    r"(?:^|\s)(?:e-content|articlebody|postbody|storytext|markdown-body|available-content|"
    r"w-richtext|prose|field--name-body|caas-body)(?:\s|$)|(?:^|\s)body_\w+",
    re.IGNORECASE,
)
#: what a named body holds of the text found by its sentences where both mean the same post, and
#: how many times as much those may hold before the name is no longer believed
_SAME_POST, _LITTLE_MORE, _MUCH_MORE, _CLEARLY = 0.6, 1_000, 10, 3
#: a page of more such bodies is a list of posts
_MOST_NAMED = 200


def named_body(stats: dict[Any, Stats], parts: list[Any], heading: Any) -> Any:
    """The one element that the page names as a post's body, unless the sentences say otherwise.

    `parts` are the elements found by those, `heading` the post's; None where there is none.
    """
    named = {each for each in stats if stats[each].text and is_named(each)}
    if len(named) > _MOST_NAMED:
        return None
    outermost = [
        each for each in named if named.isdisjoint(each.iterancestors()) and not _in_comments(each)
    ]
    families = Counter(map(family, outermost))
    body = _nearest(outermost, heading)
    if body is None:
        body = _single([each for each in outermost if families[family(each)] == 1], stats)
    if body is None:
        return None
    own, found = stats[body].text, sum(stats[each].text for each in parts if each in stats)
    if body in set(parts[0].iterancestors()):
        return None
    above = set(body.iterancestors()) | {body}
    if any(part in above for part in parts):
        if families[family(body)] > 1:
            return body
        return body if own >= found * _SAME_POST or found - own < _LITTLE_MORE else None
    return body if own * _MUCH_MORE >= found else None


def _nearest(named: list[Any], heading: Any) -> Any:
    """The one that is nearer to the post's heading than all others of its family."""
    if heading is None:
        return None
    above = {each: set(each.iterancestors()) for each in named}
    for around in heading.iterancestors():
        inside = [each for each in named if around in above[each]]
        if inside:
            return inside[0] if len(inside) == 1 else None
    return None


def _single(named: list[Any], stats: dict[Any, Stats]) -> Any:
    """The longest by far of those whose names no other has: of many alike, each is a teaser."""
    body = max(named, key=lambda each: stats[each].text, default=None)
    if any(stats[each].text * _CLEARLY > stats[body].text for each in named if each is not body):
        return None
    return body


def _in_comments(element: Any) -> bool:
    around = element.iterancestors("div", "section", "ol", "ul", "li")
    return any("comment" in names_of(each).lower() for each in (element, *around))


def is_named(element: Any) -> bool:
    """Whether the page calls an element the body of a post."""
    return element.get("itemprop") == "articleBody" or _names_body(names_of(element))


@lru_cache(4096)
def _names_body(names: str) -> bool:
    return bool(names) and _BODY.search(names) is not None


def family(element: Any) -> str:
    """The tag and names of an element, numbers left out."""
    names = re.sub(r"\d+", "", names_of(element))
    return f"{element.tag} {names}" if names else ""
