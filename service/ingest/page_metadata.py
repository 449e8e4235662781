"""What a page says of itself: microformats, JSON-LD, Open Graph, meta elements, and its markup."""

from __future__ import annotations

import re
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from service.ingest.absolute import absolute_url
from service.ingest.dates import moment
from service.ingest.linked_data import LinkedData
from service.ingest.page_marks import Marks
from service.ingest.wording import plain_text

if TYPE_CHECKING:
    from datetime import datetime

_HEAD_END = re.compile(r"<body\b|</head\s*>", re.IGNORECASE)
_LONGEST_HEAD = 400_000
_TITLE_PARTS = re.compile(r"\s+[|\-–—·•»/:]{1,2}\s+|\s*[|»]\s*")
_DUBLIN_CORE = re.compile(r"^(dc|dcterms?):")
_BY = re.compile(r"^\s*(?:by|von|par|por|di|written by|posted by|author:?)\s+", re.IGNORECASE)
_DATE_IN_URL = re.compile(r"/((?:19|20)\d\d)[/-](0[1-9]|1[0-2])[/-](0[1-9]|[12]\d|3[01])(?:/|-|$)")
_SPELLED_OUT = re.compile(
    r"\b\d{1,2}\.? [A-Z][a-z]{2,8},? (?:19|20)\d\d\b|\b[A-Z][a-z]{2,8}\.? \d{1,2}, (?:19|20)\d\d\b"
    r"|\b(?:19|20)\d\d-\d\d-\d\d\b"
)
_LINES_AFTER, _LONGEST_DATELINE = 4, 80
_LONGEST_NAME = 80
#: a title of fewer words is rather the site's name, and what follows it the title
_FEWEST_WORDS = 2


class Metadata:
    """Each field by the most exact source that has it; `tree` is the page as lxml parsed it."""

    def __init__(self, html: str, tree: Any, url: str | None) -> None:
        self._tree, self._given_url = tree, url
        self._meta, self._links = _head(html)
        self._data = LinkedData(html)
        self._marks = Marks(tree)
        base = self._links.get("base", "")
        self.base = absolute_url(base, url) or url or self._links.get("canonical")

    # ── words ────────────────────────────────────────────────────────────────────────────

    @property
    def title(self) -> str | None:
        """The first title stated that the reader also sees, in the heading or the window's name;
        else the first stated; else the heading."""
        stated = (
            self._data.text("headline"),
            self._first("dc.title", "og:title", "twitter:title", "parsely-title"),
            self._of_entry("p-name"),
            self._data.text("name"),
        )
        document, heading = self._text_of("//title"), self._only_heading()
        told = [self._without_site(plain_text(each)) for each in stated if each]
        seen = f"{document}\n{heading}".lower()
        found = next((each for each in told if each and each.lower() in seen), None)
        return found or next(filter(None, told), None) or self._of_document(document, heading)

    def _of_document(self, document: str, heading: str) -> str | None:
        if not document or (heading and heading.lower() in document.lower()):
            return heading or None
        bare = self._without_site(document)
        if bare == document:
            *words, last = re.split(r"\s+[|–—·»-]\s+", document)
            first = document[: -len(last)].rstrip(" |–—·»-")
            return first if words and len(first.split()) > _FEWEST_WORDS else document
        return bare

    def _without_site(self, title: str) -> str:
        """The title without the site's name before or after it."""
        site = self.site_name
        parts = _TITLE_PARTS.split(title)
        if site and len(parts) > 1:
            for part in (parts[-1], parts[0]):
                if part and part.strip().lower() == site.strip().lower():
                    bare = (
                        title.removesuffix(part) if part is parts[-1] else title.removeprefix(part)
                    )
                    return bare.strip(" \t|-–—·•»/:")
        return title

    def _only_heading(self) -> str:
        """The page's one first-class heading, or one marked as a title; where there is none of
        that class, the first lesser one that the window's name repeats."""
        headings = self._tree.xpath("//h1")
        for heading in headings:
            text = _text(heading)
            if len(headings) == 1 or "title" in (heading.get("class") or ""):
                return text
        if headings:
            return ""
        document = self._text_of("//title").lower()
        lesser = (_text(each) for each in self._tree.xpath("//h2 | //h3")[:20])
        return next((each for each in lesser if len(each) > 1 and each.lower() in document), "")

    @property
    def article_body(self) -> str | None:
        """The post's words, as its JSON-LD has them (https://schema.org/articleBody)."""
        body = self._data.article.get("articleBody")
        if not isinstance(body, str):
            return None
        body = body if "\n" in body or "<" not in body else re.sub(r"</p>|<br", "\n\\g<0>", body)
        return "\n".join(map(plain_text, body.split("\n"))).strip() or None

    @property
    def site_name(self) -> str | None:
        return (
            self._first("og:site_name", "application-name", "apple-mobile-web-app-title")
            or self._data.text("publisher", "isPartOf")
            or None
        )

    @property
    def summary(self) -> str | None:
        found = (
            self._of_entry("p-summary")
            or self._first("og:description", "description", "twitter:description", "dc.description")
            or self._data.text("description")
        )
        return plain_text(found) or None if found else None

    @property
    def language(self) -> str | None:
        roots = self._tree.xpath("//html/@lang | //html/@xml:lang")
        found = str(roots[0]) if roots and str(roots[0]).strip() else None
        found = found or self._first("og:locale", "content-language", "dc.language")
        return found.strip().replace("_", "-") if found else None

    @property
    def authors(self) -> tuple[str, ...]:
        readings = (
            partial(self._all_of_entry, "p-author"),
            partial(self._data.texts, "author"),
            partial(self._all, "dc.creator", "author", "dcterms.creator", "parsely-author"),
            partial(self._all, "article:author", "sailthru.author", "byl"),
            self._marked_authors,
        )
        for read in readings:
            names = tuple(dict.fromkeys(filter(None, map(_name, read()))))
            if names:
                return names
        return ()

    def _marked_authors(self) -> tuple[str, ...]:
        for elements in (
            self._tree.xpath("//*[@itemprop='author']//*[@itemprop='name']"),
            self._tree.xpath("//*[@itemprop='author']"),
            self._tree.xpath("//a[@rel='author']"),
            self._marks.within("fn", "vcard"),
            self._marks.all("byline", "author", "post-author"),
            [each for each in self._marks.all("username") if _in_header(each)],
            self._marks.like("byline"),
        ):
            found = tuple(_text(each) for each in elements[:3])
            if any(_name(each) for each in found):
                return found[:1]
        return ()

    @property
    def tags(self) -> tuple[str, ...]:
        found = self._all_of_entry("p-category") or self._all("article:tag")
        if not found:
            found = tuple(
                part for words in self._data.texts("keywords") for part in words.split(",")
            )
        if not found:
            links = self._tree.xpath("//a[contains(concat(' ', @rel, ' '), ' tag ')]")
            found = tuple(_text(link) for link in links)
        if not found:
            found = tuple((self._first("keywords", "news_keywords") or "").split(","))
        return tuple(dict.fromkeys(plain_text(tag).lstrip("#") for tag in found if tag.strip()))[
            :30
        ]

    # ── dates ────────────────────────────────────────────────────────────────────────────

    @property
    def published(self) -> datetime | None:
        return (
            self._marked_moment("dt-published")
            or moment(self._data.text("datePublished", "dateCreated"))
            or self._meta_moment(
                "article:published_time",
                "datepublished",
                "parsely-pub-date",
                "dc.date.issued",
                "dcterms.created",
                "dc.date",
                "date",
                "pubdate",
                "publish-date",
                "sailthru.date",
            )
            or self._time_element()
            or self._moment_in_url()
            or self._moment_by_heading()
        )

    @property
    def updated(self) -> datetime | None:
        return (
            self._marked_moment("dt-updated")
            or moment(self._data.text("dateModified"))
            or self._meta_moment("article:modified_time", "og:updated_time", "datemodified")
            or self._marked_moment("updated")
        )

    def _meta_moment(self, *names: str) -> datetime | None:
        return next(filter(None, (moment(self._first(name)) for name in names)), None)

    def _marked_moment(self, name: str) -> datetime | None:
        for element in self._marks.all(name):
            if found := _stated(element):
                return moment(found)
        return None

    def _time_element(self) -> datetime | None:
        marked = self._marks.all("entry-date", "published", "post-date", "date-header")
        for elements in (
            self._tree.xpath("//*[@itemprop='datePublished']"),
            self._tree.xpath("//time[@pubdate]"),
            [each for each in marked if each.tag in ("time", "abbr")],
            marked,
            self._tree.xpath("//article//header//time"),
            self._tree.xpath("//article//time"),
            self._tree.xpath("//time"),
        ):
            for element in elements[:1]:
                found = moment(_stated(element) or _text(element))
                if found:
                    return found
        return None

    def _moment_by_heading(self) -> datetime | None:
        """A date spelled out in one of the short lines after the post's heading."""
        headings = self._tree.xpath("//h1") or self._tree.xpath("//h2")
        if len(headings) != 1:
            return None
        for element in islice(headings[0].itersiblings(), _LINES_AFTER):
            text = _text(element)
            if len(text) <= _LONGEST_DATELINE and (match := _SPELLED_OUT.search(text)):
                return moment(match[0])
        return None

    def _moment_in_url(self) -> datetime | None:
        match = _DATE_IN_URL.search(self.canonical_url or "")
        return moment("-".join(match.groups())) if match else None

    # ── addresses ────────────────────────────────────────────────────────────────────────

    @property
    def canonical_url(self) -> str | None:
        """The page's own word for its address, unless it calls every page the home page."""
        stated = (
            self._links.get("canonical"),
            self._first("og:url"),
            self._data.text("url", "mainEntityOfPage"),
        )
        for each in stated:
            found = absolute_url(each, self.base)
            if found and not self._is_home_page(found):
                return found
        return self._given_url

    def _is_home_page(self, found: str) -> bool:
        given = urlsplit(self._given_url or "")
        return urlsplit(found).path in ("", "/") and given.path.rstrip("/") not in ("",)

    @property
    def image(self) -> str | None:
        stated = self._first(
            "og:image:secure_url", "og:image", "twitter:image", "twitter:image:src"
        )
        return absolute_url(stated or self._data.text("image", "thumbnailUrl"), self.base)

    # ── reading ──────────────────────────────────────────────────────────────────────────

    def _first(self, *names: str) -> str | None:
        return next((self._meta[name][0] for name in names if name in self._meta), None)

    def _all(self, *names: str) -> tuple[str, ...]:
        return next((tuple(self._meta[name]) for name in names if name in self._meta), ())

    def _all_of_entry(self, name: str) -> tuple[str, ...]:
        return tuple(filter(None, map(_text, self._marks.of_entry(name))))

    def _of_entry(self, name: str) -> str | None:
        return next(iter(self._all_of_entry(name)), None)

    def _text_of(self, path: str) -> str:
        return next((_text(each) for each in self._tree.xpath(path)), "")


def _head(html: str) -> tuple[dict[str, list[str]], dict[str, str]]:
    """The head's meta contents by lower-case name, and its links by rel; `base` is one of them."""
    from bs4 import BeautifulSoup

    end = _HEAD_END.search(html)
    soup = BeautifulSoup(html[: min(end.start() if end else len(html), _LONGEST_HEAD)], "lxml")
    meta: dict[str, list[str]] = {}
    for element in soup.find_all("meta"):
        content = str(element.get("content") or "").strip()
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = element.get(attribute)
            for each in str(name or "").lower().split():
                if content:
                    meta.setdefault(_DUBLIN_CORE.sub(r"\1.", each), []).append(content)
    links: dict[str, str] = {}
    for element in soup.find_all(["link", "base"], href=True):
        rels = element.get("rel") or [] if element.name == "link" else ["base"]
        for rel in rels if isinstance(rels, list) else [rels]:
            links.setdefault(str(rel).lower(), str(element["href"]).strip())
    return meta, links


def _in_header(element: Any) -> bool:
    around = [each.tag for each in element.iterancestors("header", "article")]
    return "header" in around and "article" in around


def _stated(element: Any) -> str | None:
    """The moment in an element's attributes."""
    return next(filter(None, map(element.get, ("datetime", "content", "title"))), None)


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _name(words: str) -> str:
    """A person's name out of a byline; "" for what is an address or no name at all."""
    words = _BY.sub("", plain_text(words)).strip(" ,;|·•")
    if words.startswith(("http://", "https://", "/", "@")) or len(words) > _LONGEST_NAME:
        return ""
    return words
