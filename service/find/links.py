"""Links to shops that stand in the document: each programme reads its own."""

import re
from collections.abc import Iterator, Sequence
from html import unescape

from service.find.reading import Reading
from service.markup import Tag, tags
from service.model import Finding, ShopLink
from service.ports import Programme

_BARE = re.compile(r"(?:https?://|(?<![\w.@/])www\.)[^\s<>\"'`\]\[{}|\\^]+", re.IGNORECASE)
_TRAILING = ".,;:!?*_’”»"
#: link words that name no book
_CALLS = re.compile(
    r"(?i)^(?:https?://|www\.)|\b(?:amazon|here|click|link|buy|get it|order|available|shop|store|"
    r"hier|kaufen|ici|acheter|aquí|comprar|kindle|paperback|hardcover|audible|wish ?list)\b"
)
_KEPT = {
    "short": "a short link: where it leads is not known without asking the shop",
    "other": "a page of the shop that is no product",
    "widget": "a widget’s or picture’s address",
    "not_amazon": "not a shop’s page",
}


def shop_links(reading: Reading, programmes: Sequence[Programme]) -> Iterator[Finding]:
    """A finding per shop link; its span is the URL's own characters as written.

    In HTML these are the `href`s of links; in Markdown and text every URL.
    """
    hosts = tuple({host for each in programmes for host in each.hosts})
    document = reading.document
    if not any(host in document.source.lower() for host in hosts):
        return
    hrefs = _html_links(reading) if document.media == "html" else _bare_links(reading)
    for start, end, url, words in hrefs:
        lower = url.lower()
        for programme in programmes:
            if any(host in lower for host in programme.hosts):
                link = programme.read(url)
                if link is not None and link.kind != "not_amazon":
                    yield _finding(document.source[start:end], start, end, link, words)
                    break


def _html_links(reading: Reading) -> Iterator[tuple[int, int, str, str]]:
    source = reading.document.source
    waiting: tuple[int, int, str, Tag] | None = None
    for tag in tags(source):
        if tag.name not in ("a", "area"):
            continue
        if waiting is not None:
            yield (*waiting[:3], _words(reading, waiting[3].end, tag.start))
            waiting = None
        href = tag.attribute("href")
        if href is not None and href.value:
            waiting = (href.value_start, href.value_end, href.value.strip(), tag)
    if waiting is not None:
        yield (*waiting[:3], "")


def _words(reading: Reading, start: int, end: int) -> str:
    text = reading.text
    return text.text[text.text_offset(start) : text.text_offset(end)].strip()


def _bare_links(reading: Reading) -> Iterator[tuple[int, int, str, str]]:
    source = reading.document.source
    markdown = reading.document.media == "markdown"
    for match in _BARE.finditer(source):
        url = match[0].rstrip(_TRAILING)
        while url.endswith(")") and url.count(")") > url.count("("):
            url = url[:-1].rstrip(_TRAILING)
        words = _markdown_words(source, match.start()) if markdown else ""
        yield match.start(), match.start() + len(url), unescape(url), words


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
    elif link.isbn13:
        why.append("its ASIN is the book’s ISBN-10")
    return Finding(
        "amazon_link",
        start,
        end,
        written,
        1.0,
        "keep" if kept else "rewrite",
        tuple(why),
        title=words if _could_be_title(words) else None,
        isbn13=link.isbn13,
        isbn10=link.isbn10,
        asin=link.asin,
        marketplace=link.marketplace,
        url=link.url,
        link_text=words or None,
    )


def _could_be_title(words: str) -> bool:
    if not 2 < len(words) < 170 or "\n" in words or _CALLS.search(words):
        return False
    return words[0].isupper() or words[0].isdigit()
