"""Mentions weighed once more, by the links they stand in; of overlapping ones the likeliest."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from service.model import Finding
from service.resolve.links import KNOWN
from service.resolve.titles import main_key, main_title, title_key

#: a reading with the subtitle beats the same without it, if it is at least this likely
_WITH_SUBTITLE = 0.2
#: a mention this likely speaks for others of its title, and multiplies their odds by so much
_SURE = 0.8
_NAMED_ELSEWHERE = 12.0
#: so sure is the title in a link to that very book, and the same title elsewhere in the post
_LINKED, _LINKED_ELSEWHERE = 0.97, 0.92
_LONGER = re.compile(r"[\w’'-]{4,}")


def resolved_mentions(findings: Sequence[Finding], links: Sequence[Finding]) -> list[Finding]:
    """The mentions, not overlapping, sorted, those likelier that stand in a shop link."""
    shops: dict[str | None, Finding] = {}
    for each in links:
        if each.kind in ("amazon_link", "shop_link") and (each.title or each.url not in shops):
            shops[each.url] = each
    mentions = [each for each in findings if each.kind == "book_mention"]
    behind = [_behind(each, shops.get(each.url)) for each in mentions]
    return chosen(named_elsewhere(behind))


def _behind(mention: Finding, link: Finding | None) -> Finding:
    """A mention in a shop link is likelier a title: surely where the number is that book's."""
    if link is None or (link.asin is None and link.isbn13 is None):
        return mention
    if not link.title:
        return mention
    if title_key(mention.text) not in (title_key(link.title), main_key(link.title)):
        return _times(mention, 0.1, "but its link names another book") if link.isbn13 else mention
    if link.isbn13 is None:
        return _times(mention, 3.0, "it is the words of a shop link")
    if (
        link.authors
        or KNOWN in link.why
        or all(not word[0].islower() for word in _LONGER.findall(mention.text))
    ):
        return _at_least(mention, _LINKED, "its link leads to this book")
    return _times(mention, 20.0, "its link leads to a book")


def named_elsewhere(mentions: Sequence[Finding]) -> list[Finding]:
    """The mentions, those likelier whose title is surely named elsewhere in the post.

    Only titles of several words, in the very letters or with other capitals: "It" may well be
    named once and written a hundred times.
    """
    sure: dict[str, list[Finding]] = defaultdict(list)
    for each in mentions:
        if each.confidence >= _SURE:
            for key in {title_key(each.text), main_key(each.text)}:
                sure[key].append(each)
    if not sure:
        return list(mentions)
    return [_likelier(each, sure.get(title_key(each.text), ())) for each in mentions]


def _likelier(mention: Finding, sure: Sequence[Finding]) -> Finding:
    if " " not in mention.text or mention.text[0].islower() or mention.confidence >= _SURE:
        return mention
    apart = (e for e in sure if e.end <= mention.start or mention.end <= e.start)
    first = next(apart, None)
    if first is None:
        return mention
    if first.url is not None and first.text == mention.text:
        why = f"a link elsewhere in the post shows that “{first.text}” is a book"
        return _at_least(mention, _LINKED_ELSEWHERE, why)
    why = f"“{first.text}” is surely named elsewhere in the post"
    return _times(mention, _NAMED_ELSEWHERE, why)


def _at_least(mention: Finding, sure: float, why: str) -> Finding:
    return replace(mention, confidence=max(mention.confidence, sure), why=(*mention.why, why))


def _times(mention: Finding, factor: float, why: str) -> Finding:
    """The mention with its odds multiplied."""
    odds = mention.confidence / max(1e-6, 1 - mention.confidence) * factor
    return replace(mention, confidence=round(odds / (1 + odds), 4), why=(*mention.why, why))


def chosen(mentions: Sequence[Finding]) -> list[Finding]:
    """The likeliest reading of each stretch, sorted; with its subtitle rather than without."""
    best = {(each.start, each.end): each for each in mentions}
    for each in mentions:
        if ": " in each.text and each.confidence >= _WITH_SUBTITLE:
            short = best.get((each.start, each.start + len(main_title(each.text))))
            if short is not None and short.confidence > each.confidence:
                best[each.start, each.end] = replace(each, confidence=short.confidence)
    kept: list[Finding] = []
    order = sorted(best.values(), key=lambda each: (-each.confidence, each.start - each.end))
    for each in order:
        index = bisect_left(kept, each.start, key=_start)
        free_before = index == 0 or kept[index - 1].end <= each.start
        if free_before and (index == len(kept) or each.end <= kept[index].start):
            kept.insert(index, each)
    return kept


def _start(finding: Finding) -> int:
    return finding.start
