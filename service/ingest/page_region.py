"""Which part of a page is the post: by what its markup says, and by where its sentences stand.

Nothing is changed while judging; what does not belong is collected as a set.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

from service.ingest.page_named_body import named_body
from service.ingest.page_noise import outsiders
from service.ingest.page_scores import best_parts
from service.ingest.page_stats import Stats, measured

#: levels above a heading within which its post begins, and characters that make one
_NEAR, _A_SENTENCE = 4, 100


@dataclass(slots=True)
class Region:
    """The elements that make up a post, in order, and those within that do not belong."""

    parts: list[Any]
    dropped: set[Any]
    stats: dict[Any, Stats]
    #: the page itself names this as a post's body, or it stands by the post's heading
    sure: bool = False


def find_region(body: Any, title: str | None, *, strict: bool) -> Region:
    """The post's part of a page; the whole body where nothing stands out.

    `strict` believes the names of classes; without it only elements and roles count. `title` is
    the post's, as far as it is known: what stands before its heading is hardly the post.
    """
    dropped = outsiders(body, strict=strict)
    stats = measured(body, dropped)
    heading = _heading(body, stats, title)
    parts = best_parts(body, stats, heading, strict)
    named = named_body(stats, parts, heading)
    if named is not None:
        return Region([named], dropped, stats, sure=True)
    return Region(parts, dropped, stats, sure=_by_heading(parts, stats, heading))


def _by_heading(parts: list[Any], stats: dict[Any, Stats], heading: Any) -> bool:
    if heading is None:
        return False
    if sum(stats[each].unlinked for each in parts if each in stats) < _A_SENTENCE:
        return False
    near = set(islice(heading.iterancestors(), _NEAR))
    return parts[0] in near or not near.isdisjoint(islice(parts[0].iterancestors(), _NEAR))


def _heading(body: Any, stats: dict[Any, Stats], title: str | None) -> Any:
    """The heading that repeats the post's title."""
    wanted = " ".join((title or "").lower().split())
    for each in body.iter("h1", "h2", "h3"):
        if each in stats and wanted:
            text = " ".join("".join(each.itertext()).lower().split())
            if len(text) > 1 and (text == wanted or (each.tag == "h1" and text in wanted)):
                return each
    return None
