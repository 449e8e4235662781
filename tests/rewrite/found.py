"""Findings made by hand, as the find room makes them: shop links by their href, words by name."""

import re
from collections.abc import Iterable

from adapters.programmes.amazon import Amazon
from service.model import Decision, Document, Finding, FindingKind, Media, Rewritten
from service.readable import Markup, plain
from service.rewrite import apply, rewrite, undo

AMAZON = Amazon()
IDS = {"amazon.com": "example-20", "amazon.de": "example-21"}
_URL = re.compile(r"https?://[^\s<>()\"']+")


def shop_links(source: str, media: Media = "html") -> list[Finding]:
    """A finding for each Amazon link in the document."""
    found = []
    for start, end, url in _html(source) if media == "html" else _bare(source):
        link = AMAZON.read(url)
        if link is not None:
            found.append(
                Finding(
                    "amazon_link",
                    start,
                    end,
                    source[start:end],
                    1.0,
                    "rewrite",
                    isbn13=link.isbn13,
                    asin=link.asin,
                    marketplace=link.marketplace,
                    url=url,
                )
            )
    return found


def _html(source: str) -> Iterable[tuple[int, int, str]]:
    for tag in Markup(source).tags:
        href = tag.attribute("href")
        if href is not None and tag.name in ("a", "area"):
            yield href.value_start, href.value_end, href.value


def _bare(source: str) -> Iterable[tuple[int, int, str]]:
    for match in _URL.finditer(source):
        yield match.start(), match.end(), match[0]


def words(
    source: str,
    text: str,
    *,
    media: Media = "html",
    kind: FindingKind = "book_mention",
    decision: Decision = "link",
    title: str | None = None,
) -> list[Finding]:
    """A finding wherever these words stand in what readers see."""
    seen = Markup(source).readable if media == "html" else plain(source)
    return [
        Finding(
            kind,
            *seen.source_span(*match.span()),
            text,
            0.9,
            decision,
            title=title or text,
            authors=("An Author",),
        )
        for match in re.finditer(re.escape(text), seen.text)
    ]


def rewritten(
    source: str,
    findings: Iterable[Finding],
    *,
    media: Media = "html",
    network: str = "own_site",
    mentions: str = "link",
    disclose: bool = False,
    ids: dict[str, str] | None = None,
    language: str | None = None,
) -> tuple[str, Rewritten]:
    """The document's new text and its record; on the way, that undoing gives the original."""
    result = rewrite(
        Document(source, media, language=language),
        sorted(findings, key=lambda each: each.start),
        programmes=[AMAZON],
        tracking_ids={"amazon": IDS if ids is None else ids},
        rules={"amazon": AMAZON.rule(network, ["amazon.com"], language)},
        marketplace="amazon.com",
        mentions=mentions,  # type: ignore[arg-type]
        disclose=disclose,
    )
    output = apply(source, result.changes)
    assert undo(output, result.changes) == source
    return output, result
