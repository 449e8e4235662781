"""Links to shops that stand in the document: each programme reads its own."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TypeAlias

from service.charset import spells_ascii
from service.find.hints import hints, hints_in_bytes
from service.find.names import AND, NAME
from service.find.reading import Reading
from service.linktags import link_tags_of
from service.markup import LINKS, Tag, tags_after, unescaped
from service.model import Document, Finding, ShopLink
from service.ports import Programme

#: (start, end, the URL, the words of the link)
_Href: TypeAlias = tuple[int, int, str, str]

_BARE = re.compile(r"(?:https?://|(?<![\w.@/])www\.)[^\s<>\"'`\]\[{}|\\^]+", re.IGNORECASE)
_TRAILING = ".,;:!?*_’”»"
#: link words that name no book
_CALLS = re.compile(
    r"(?i)^(?:https?://|www\.)|\b(?:amazon|here|click|link|buy|get it|order|available|shop|store|"
    r"hier|kaufen|ici|acheter|aquí|comprar|kindle|paperback|hardcover|audible|wish ?list)\b"
)
_BY = re.compile(rf",?\s+by\s+{NAME}(?:{AND}{NAME}){{0,4}}$")
_KEPT = {
    "short": "a short link: where it leads is not known without asking the shop",
    "other": "a page of the shop that is no product",
    "widget": "a widget’s or picture’s address",
    "not_amazon": "not a shop’s page",
}


def shop_links(
    document: Document, programmes: Sequence[Programme], reading: Reading | None = None
) -> Iterator[Finding]:
    """A finding per shop link; its span is the URL's own characters as written.

    In HTML these are the `href`s of links; in Markdown and text every URL. Without the document's
    reading the words of links in HTML are not told: then no more of it is read than these links.
    """
    places = hints(document.source, _hosts(programmes))
    if not places:
        return iter(())
    if document.media != "html":
        return _of_shops(document, _bare_links(document), programmes)
    tags = _link_tags(document.source, places)
    return _of_shops(document, _html_links(document.source, tags, reading), programmes)


def shop_links_in_bytes(
    data: bytes, programmes: Sequence[Programme]
) -> tuple[Document | None, list[Finding]] | None:
    """The shop links of an HTML document that was not decoded, with each byte as a character;
    no document where there are none.

    None where they might be others once it is decoded: the spans count bytes, all else is what
    `shop_links` gives. Markup is ASCII, so only what stands in these links themselves matters.
    """
    if not spells_ascii(data):
        return None
    places = hints_in_bytes(data, _hosts(programmes))
    if not places:
        return None, []
    document = Document(data.decode("latin-1"), "html")
    tags = _link_tags(document.source, places)
    if not all(document.source[tag.start : tag.end].isascii() for tag in tags):
        return None
    return document, list(_of_shops(document, _html_links(document.source, tags, None), programmes))


def _hosts(programmes: Sequence[Programme]) -> frozenset[str]:
    return _hosts_of(tuple(programmes))


@lru_cache(maxsize=8)
def _hosts_of(programmes: tuple[Programme, ...]) -> frozenset[str]:
    return frozenset([host for each in programmes for host in each.hosts])


def _of_shops(
    document: Document, hrefs: Iterable[_Href], programmes: Sequence[Programme]
) -> Iterator[Finding]:
    for start, end, url, words in hrefs:
        lower = url.lower()
        for programme in programmes:
            if _may_be_of(programme, lower):
                link = programme.read(url)
                if link is not None and link.kind != "not_amazon":
                    yield _finding(document.source[start:end], start, end, link, words)
                    break


def _may_be_of(programme: Programme, lower: str) -> bool:
    for host in programme.hosts:  # noqa: SIM110
        if host in lower:
            return True
    return False


def _link_tags(source: str, places: Iterable[int]) -> list[Tag]:
    """The links in whose start tags these places stand."""
    links = link_tags_of(source)
    found: list[Tag] = []
    passed = 0
    for place in places:
        tag = links.at(place) if place >= passed else None
        if tag is not None:
            found.append(tag)
            passed = tag.end
    return found


def _html_links(source: str, tags: Iterable[Tag], reading: Reading | None) -> Iterator[_Href]:
    links = link_tags_of(source)
    for tag in tags:
        for each in links.attributes(tag):
            if each.name == "href":
                if each.value:
                    words = _words(reading, tag) if reading is not None else ""
                    yield each.value_start, each.value_end, each.value.strip(), words
                break


def _words(reading: Reading, link: Tag) -> str:
    """What stands between a link's tag and the next one, its end tag as a rule."""
    following = tags_after(reading.document.source, link.end)
    end = next((tag.start for tag in following if tag.name in LINKS), None)
    if end is None:
        return ""
    text = reading.text
    return text.text[text.text_offset(link.end) : text.text_offset(end)].strip()


def _bare_links(document: Document) -> Iterator[_Href]:
    source = document.source
    markdown = document.media == "markdown"
    for match in _BARE.finditer(source):
        url = match[0].rstrip(_TRAILING)
        while url.endswith(")") and url.count(")") > url.count("("):
            url = url[:-1].rstrip(_TRAILING)
        words = _markdown_words(source, match.start()) if markdown else ""
        yield match.start(), match.start() + len(url), unescaped(url), words


def _markdown_words(source: str, start: int) -> str:
    before = source[max(0, start - 300) : start]
    match = re.search(r"\[([^\[\]\n]{1,280})\]\(<?$", before)
    return match[1].strip("*_ ") if match else ""


def _finding(written: str, start: int, end: int, link: ShopLink, words: str) -> Finding:
    kept = _KEPT.get(link.kind)
    why = [
        f"links to a {link.kind} page of {link.marketplace}" if link.marketplace else "a shop link"
    ]
    if kept:
        why = [kept]
    elif link.asin and link.isbn13:
        why.append("its ASIN is the book’s ISBN-10")
    return Finding(
        "amazon_link" if link.programme == "amazon" else "shop_link",
        start,
        end,
        written,
        1.0,
        "keep" if kept else "rewrite",
        tuple(why),
        title=_BY.split(words)[0] if could_be_title(words) else None,
        isbn13=link.isbn13,
        isbn10=link.isbn10,
        asin=link.asin,
        marketplace=link.marketplace,
        url=link.url,
        link_text=words or None,
    )


def could_be_title(words: str) -> bool:
    """Whether the words of a link may name a book, rather than call to click."""
    if not 2 < len(words) < 170 or "\n" in words or _CALLS.search(words):
        return False
    return words[0].isdigit() or words[0].isupper() or words[1].isupper()


def is_title_case(words: str) -> bool:
    """Whether the longer words begin with capitals: "Finite and Infinite Games"."""
    return all(not word[0].islower() for word in re.findall(r"[\w’'-]{4,}", words))
