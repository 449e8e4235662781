"""The permalinks that an index page lists: a blog followed without a feed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urlsplit

from service.ingest.absolute import absolute_url
from service.ingest.identity import normalised_url
from service.ingest.page_source import page_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from bs4 import BeautifulSoup, Tag

_ASIDE = "nav, footer, aside, form, [role=navigation], [role=contentinfo], [role=complementary]"
_ASIDE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:nav|menu|sidebar|widget|footer|pagination|pager|breadcrumbs?|comments?|"
    r"related|share|social|tag-?cloud|blogroll|site-header|masthead)(?:$|[\s_-])",
    re.IGNORECASE,
)
#: so many levels around a link tell its row from others
_ROW_LEVELS = 3
#: paths that lists of posts, not posts, have
_NO_POST = re.compile(
    r"/(?:tags?|category|categories|author|authors|page|search|feed|rss|wp-admin|wp-content|"
    r"wp-login\.php|wp-json|login|signup|cart|comments?)(?:/|$)|"
    r"\.(?:jpe?g|png|gif|webp|svg|pdf|zip|mp3|mp4|xml|json|rss|atom|css|js)$",
    re.IGNORECASE,
)


def page_links(html: bytes | str, *, url: str) -> tuple[str, ...]:
    """The posts' addresses on an index page, in the page's order, each once.

    h-entry permalinks where the page has them; else the links of its articles; else those of its
    headings; else those of its lists; else those that stand alike in rows. Only links to the
    page's own host, none out of navigation.
    """
    from bs4 import BeautifulSoup

    text = page_text(html, url=url) if isinstance(html, bytes) else html
    soup = BeautifulSoup(text, "lxml")
    base_element = soup.find("base", href=True)
    base = absolute_url(str(base_element["href"]), url) if base_element else None
    _take_out_asides(soup)
    few: tuple[str, ...] = ()
    for reading in _READINGS:
        found = tuple(_posts(reading(soup), base or url, url))
        if len(found) > 1:
            return found
        few = few or found
    return few


def looks_like_a_list(url: str) -> bool:
    """Whether an address is of a list of posts, or of no page at all: a tag, a picture."""
    return _NO_POST.search(urlsplit(url).path) is not None


def _take_out_asides(soup: BeautifulSoup) -> None:
    for element in soup.select(_ASIDE):
        if not element.decomposed:
            element.decompose()
    for element in soup.find_all(["div", "ul", "section", "header"]):
        if element.decomposed:
            continue
        names = f"{' '.join(element.get('class') or [])} {element.get('id') or ''}"
        if _ASIDE_NAMES.search(names) and element.find(["article", "main"]) is None:
            element.decompose()


def _of_entries(soup: BeautifulSoup) -> Iterator[Tag]:
    for entry in soup.select(".h-entry, .hentry"):
        link = entry.select_one("a.u-url, a.entry-title-link, .entry-title a, a[rel~=bookmark]")
        if link is not None:
            yield link


def _of_articles(soup: BeautifulSoup) -> Iterator[Tag]:
    for article in soup.find_all("article"):
        link = article.select_one(
            "h1 a[href], h2 a[href], h3 a[href], h4 a[href], a[rel~=bookmark], a[itemprop=url]"
        )
        # a link laid over the whole card stands beside its heading, not in its text
        link = link or article.find("a", href=True, recursive=False)
        link = link or article.find("a", href=True) or article.find_parent("a", href=True)
        if link is not None:
            yield link


def _of_headings(soup: BeautifulSoup) -> Iterator[Tag]:
    yield from soup.select(
        "h2 a[href], h3 a[href], h4 a[href], .post-title a[href], .entry-title a[href], "
        "a:has(h2), a:has(h3), a.post-link, a[rel~=bookmark]"
    )


def _of_lists(soup: BeautifulSoup) -> Iterator[Tag]:
    """The first link of each item or row, in the page's main part."""
    main = soup.find("main") or soup.find(id=re.compile("^(?:main|content)$")) or soup.body or soup
    for item in main.find_all(["li", "dt", "tr", "p"]):
        link = item.find("a", href=True)
        if link is not None:
            yield link


def _of_rows(soup: BeautifulSoup) -> Iterator[Tag]:
    """The links that stand alike in like rows: of all such, those with the most words."""
    rows: dict[tuple[object, ...], list[Tag]] = {}
    for link in (soup.body or soup).find_all("a", href=True):
        around = [each for _, each in zip(range(_ROW_LEVELS), link.parents, strict=False)]
        place = tuple((each.name, *(each.get("class") or ())) for each in (link, *around))
        rows.setdefault(place, []).append(link)
    alike = [links for links in rows.values() if len({each["href"] for each in links}) > 1]
    yield from max(alike, key=lambda links: sum(len(each.text) for each in links), default=[])


_READINGS: tuple[Callable[[BeautifulSoup], Iterator[Tag]], ...] = (
    _of_entries,
    _of_articles,
    _of_headings,
    _of_lists,
    _of_rows,
)


def _posts(links: Iterable[Tag], base: str, url: str) -> Iterator[str]:
    home, seen = _host(url), {normalised_url(url)}
    for link in links:
        found = absolute_url(str(link.get("href") or ""), base)
        if found is None or _host(found) != home:
            continue
        key = normalised_url(found)
        if key is None or key in seen or _NO_POST.search(urlsplit(found).path):
            continue
        seen.add(key)
        yield urldefrag(found).url


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
        return f"{(parts.hostname or '').removeprefix('www.')}:{parts.port or ''}"
    except ValueError:
        return ""
