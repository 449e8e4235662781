"""Which elements of a page are a post, by where its sentences stand.

Elements are scored by the paragraphs in them, as in Arc90's Readability: a paragraph speaks for
its parent fully and for its grandparents less, links speak against, names of classes for or
against. Nothing is changed while judging.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from service.ingest.page_named_body import family, is_named
from service.ingest.page_noise import class_weight

if TYPE_CHECKING:
    from service.ingest.page_stats import Stats

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
_NAMED_BODY = 1.5
_KIN = 0.3
_LEAST_PARAGRAPH = 25
_NEARLY_ALL = 0.7
_EARLY = 0.3
_GENERATIONS = 5


def best_parts(body: Any, stats: dict[Any, Stats], heading: Any, strict: bool) -> list[Any]:
    """The elements that make up a post, in order; the whole body where nothing stands out.

    `heading` is the post's, None where it isn't known; `strict` believes the names of classes.
    """
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
    return _NAMED_BODY if is_named(element) else 1.0


def _with_kin(parts: list[Any], top: Any, final: dict[Any, float]) -> list[Any]:
    """The parts with those that the page has under the same name elsewhere, as magazines do that
    cut a story by advertisements: "story-body-1", "story-body-2"."""
    name = family(top)
    if not name or len(parts) > 1:
        return parts
    inside = {top, *top.iterancestors(), *top.iterdescendants()}
    least = final.get(top, 0.0) * _KIN
    kin = [
        each
        for each, score in final.items()
        if score >= least and each not in inside and family(each) == name
    ]
    if not kin:
        return parts
    chosen = {top, *kin}
    return [each for each in top.getroottree().iter() if each in chosen]


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
        best = max(inner, key=lambda each: stats[each].unlinked, default=None)
        if best is None or stats[best].unlinked < stats[top].unlinked * _NEARLY_ALL:
            break
        top = best
    return top


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
