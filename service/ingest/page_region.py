"""Which part of a page is the post: by what its markup says, and by where its sentences stand.

Elements are scored by the paragraphs in them, as in Arc90's Readability: a paragraph speaks for
its parent fully and for its grandparents less, links speak against, names of classes for or
against. Nothing is changed while judging; what does not belong is collected as a set.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

from service.ingest.page_noise import class_weight, names_of, outsiders
from service.ingest.page_stats import Stats, measured

_BLOCKS = frozenset(
    "blockquote dl div figure img ol p pre table ul section article h1 h2 h3 h4 h5 h6".split()
)
_SCORED = frozenset("p td pre h2 h3 h4 h5 h6 section blockquote li dd".split())
_TAG_SCORE = {
    "div": 5, "article": 8, "main": 5, "pre": 3, "td": 3, "blockquote": 3,
    "address": -3, "ol": -3, "ul": -3, "dl": -3, "dd": -3, "dt": -3, "li": -3, "form": -3,
    "h1": -5, "h2": -5, "h3": -5, "h4": -5, "h5": -5, "h6": -5, "th": -5,
}  # fmt: skip
#: a list is rather a list of posts than a post
_LISTS, _LIST = frozenset(("ul", "ol", "dl")), 0.5
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
_NAMED_BODY = 1.5
_KIN = 0.3
_LEAST_PARAGRAPH = 25
_NEARLY_ALL = 0.7
_EARLY = 0.3
#: levels above a heading within which its post begins, and characters that make one
_NEAR, _A_SENTENCE = 4, 100
_GENERATIONS = 5


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
    parts = _parts(body, stats, heading, strict)
    named = _named_body(stats, parts, heading)
    if named is not None:
        return Region([named], dropped, stats, sure=True)
    return Region(parts, dropped, stats, sure=_by_heading(parts, stats, heading))


def _by_heading(parts: list[Any], stats: dict[Any, Stats], heading: Any) -> bool:
    if heading is None or sum(map(_unlinked, filter(None, map(stats.get, parts)))) < _A_SENTENCE:
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


def _named_body(stats: dict[Any, Stats], parts: list[Any], heading: Any) -> Any:
    """The one element that the page names as a post's body, unless the sentences say otherwise."""
    named = {each for each in stats if stats[each].text and _is_named(each)}
    if len(named) > _MOST_NAMED:
        return None
    outermost = [
        each for each in named if named.isdisjoint(each.iterancestors()) and not _in_comments(each)
    ]
    families = Counter(map(_family, outermost))
    body = _nearest(outermost, heading)
    if body is None:
        body = _single([each for each in outermost if families[_family(each)] == 1], stats)
    if body is None:
        return None
    own, found = stats[body].text, sum(stats[each].text for each in parts if each in stats)
    if body in set(parts[0].iterancestors()):
        return None
    above = set(body.iterancestors()) | {body}
    if any(part in above for part in parts):
        if families[_family(body)] > 1:
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


def _is_named(element: Any) -> bool:
    return element.get("itemprop") == "articleBody" or _names_body(names_of(element))


@lru_cache(4096)
def _names_body(names: str) -> bool:
    return bool(names) and _BODY.search(names) is not None


# ── scoring ──────────────────────────────────────────────────────────────────────────────


def _parts(body: Any, stats: dict[Any, Stats], heading: Any, strict: bool) -> list[Any]:
    early = _before(heading, stats)
    final = {
        element: score
        * (1 - stats[element].link_density)
        * _trust(element)
        * (_EARLY if element in early else 1)
        for element, score in _scores(stats, strict).items()
    }
    ranked = sorted(((score, each) for each, score in final.items()), key=lambda pair: -pair[0])
    if not ranked or ranked[0][0] <= 0:
        return [body]
    top = _cell(_promoted(ranked[:5], final, body), stats)
    return _with_kin(_with_siblings(top, final, stats, body), top, final)


def _before(heading: Any, stats: dict[Any, Stats]) -> set[Any]:
    """What ends before the post's heading begins."""
    if heading is None:
        return set()
    found = set()
    for element in reversed(stats):  # the stats are from the leaves: reversed, the page's order
        if element is heading:
            break
        found.add(element)
    return found.difference(heading.iterancestors())


def _trust(element: Any) -> float:
    if element.tag in _LISTS:
        return _LIST
    return _NAMED_BODY if _is_named(element) else 1.0


def _with_kin(parts: list[Any], top: Any, final: dict[Any, float]) -> list[Any]:
    """The parts with those that the page has under the same name elsewhere, as magazines do that
    cut a story by advertisements: "story-body-1", "story-body-2"."""
    name = _family(top)
    if not name or len(parts) > 1:
        return parts
    inside = {top, *top.iterancestors(), *top.iterdescendants()}
    least = final.get(top, 0.0) * _KIN
    kin = [
        each
        for each, score in final.items()
        if score >= least and each not in inside and _family(each) == name
    ]
    if not kin:
        return parts
    chosen = {top, *kin}
    return [each for each in top.getroottree().iter() if each in chosen]


def _family(element: Any) -> str:
    """The tag and names of an element, numbers left out."""
    names = re.sub(r"\d+", "", names_of(element))
    return f"{element.tag} {names}" if names else ""


def _scores(stats: dict[Any, Stats], strict: bool) -> dict[Any, float]:
    scores: dict[Any, float] = {}
    for element, counted in stats.items():
        if counted.text < _LEAST_PARAGRAPH or not _is_paragraph(element, stats):
            continue
        points = 1 + counted.commas + min(counted.text // 100, 3)
        ancestor = element.getparent()
        for level in range(_GENERATIONS):
            if ancestor is None or ancestor not in stats:
                break
            if ancestor not in scores:
                scores[ancestor] = _TAG_SCORE.get(ancestor.tag, 0) + (
                    class_weight(ancestor) if strict else 0
                )
            scores[ancestor] += points / (1 if level == 0 else 2 if level == 1 else level * 3)
            ancestor = ancestor.getparent()
    return scores


def _is_paragraph(element: Any, stats: dict[Any, Stats]) -> bool:
    if element.tag in _SCORED:
        return True
    return element.tag == "div" and not any(
        child.tag in _BLOCKS for child in element.iterdescendants() if child in stats
    )


def _promoted(ranked: list[tuple[float, Any]], final: dict[Any, float], body: Any) -> Any:
    """The top element, or an ancestor that holds several as good, or scores higher."""
    best, top = ranked[0]
    rivals = [each for score, each in ranked[1:] if score >= best * 0.75]
    ancestors = [set(each.iterancestors()) for each in rivals]
    if len(ancestors) >= 3:
        for ancestor in top.iterancestors():
            if ancestor is body:
                break
            if sum(ancestor in chain for chain in ancestors) >= 3:
                top = ancestor
                break
    last = final.get(top, best)
    parent = top.getparent()
    while parent is not None and parent is not body:
        score = final.get(parent, 0.0)
        if score < last / 3:
            break
        if score > last:
            top = parent
            break
        last = score or last
        parent = parent.getparent()
    parent = top.getparent()
    while parent is not None and parent is not body and len(parent) == 1:
        top, parent = parent, parent.getparent()
    return top


def _cell(top: Any, stats: dict[Any, Stats]) -> Any:
    """Of a table that lays out a page, the cell that holds most of the sentences."""
    while top.tag in ("table", "tbody", "tr"):
        inner = [each for each in top if each in stats]
        best = max(inner, key=lambda each: _unlinked(stats[each]), default=None)
        if best is None or _unlinked(stats[best]) < _unlinked(stats[top]) * _NEARLY_ALL:
            break
        top = best
    return top


def _unlinked(counted: Stats) -> float:
    return counted.text - counted.linked


def _with_siblings(
    top: Any, final: dict[Any, float], stats: dict[Any, Stats], body: Any
) -> list[Any]:
    parent = top.getparent()
    if parent is None or top is body:
        return [top]
    least = max(10.0, final.get(top, 0.0) * 0.2)
    return [
        sibling
        for sibling in parent
        if sibling is top
        or (sibling in stats and _belongs_beside(sibling, top, final, stats[sibling], least))
    ]


def _belongs_beside(
    sibling: Any, top: Any, final: dict[Any, float], counted: Stats, least: float
) -> bool:
    if sibling in final:
        same = sibling.get("class") and sibling.get("class") == top.get("class")
        if final[sibling] + (final.get(top, 0.0) * 0.2 if same else 0) >= least:
            return True
    return sibling.tag == "p" and _is_prose(sibling, counted)


def _is_prose(element: Any, counted: Stats) -> bool:
    if counted.text > 80:
        return counted.link_density < 0.25
    text = "".join(element.itertext())
    return counted.text > 0 and counted.linked == 0 and re.search(r"\.( |$)", text) is not None
