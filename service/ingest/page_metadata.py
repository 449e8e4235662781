"""What a page says of itself: microformats, JSON-LD, Open Graph, meta elements, and its markup."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from service.ingest import page_dates
from service.ingest.absolute import absolute_url
from service.ingest.page_statements import Statements, words_of
from service.ingest.page_title import title_of
from service.ingest.wording import plain_text

if TYPE_CHECKING:
    from datetime import datetime

_BY = re.compile(r"^\s*(?:by|von|par|por|di|written by|posted by|author:?)\s+", re.IGNORECASE)
_LONGEST_NAME = 80


class Metadata:
    """Each field by the most exact source that has it; `tree` is the page as lxml parsed it."""

    def __init__(self, html: str, tree: Any, url: str | None) -> None:
        self._stated = Statements(html, tree)
        self._given_url = url
        links = self._stated.links
        self.base = absolute_url(links.get("base", ""), url) or url or links.get("canonical")

    @property
    def title(self) -> str | None:
        return title_of(self._stated, self.site_name)

    @property
    def published(self) -> datetime | None:
        return page_dates.published(self._stated, self.canonical_url)

    @property
    def updated(self) -> datetime | None:
        return page_dates.updated(self._stated)

    # ── words ────────────────────────────────────────────────────────────────────────────

    @property
    def article_body(self) -> str | None:
        """The post's words, as its JSON-LD has them (https://schema.org/articleBody)."""
        body = self._stated.data.article.get("articleBody")
        if not isinstance(body, str):
            return None
        body = body if "\n" in body or "<" not in body else re.sub(r"</p>|<br", "\n\\g<0>", body)
        return "\n".join(map(plain_text, body.split("\n"))).strip() or None

    @property
    def site_name(self) -> str | None:
        return (
            self._stated.first("og:site_name", "application-name", "apple-mobile-web-app-title")
            or self._stated.data.text("publisher", "isPartOf")
            or None
        )

    @property
    def summary(self) -> str | None:
        found = (
            self._stated.first_of_entry("p-summary")
            or self._stated.first(
                "og:description", "description", "twitter:description", "dc.description"
            )
            or self._stated.data.text("description")
        )
        return plain_text(found) or None if found else None

    @property
    def language(self) -> str | None:
        roots = self._stated.tree.xpath("//html/@lang | //html/@xml:lang")
        found = str(roots[0]) if roots and str(roots[0]).strip() else None
        found = found or self._stated.first("og:locale", "content-language", "dc.language")
        return found.strip().replace("_", "-") if found else None

    @property
    def authors(self) -> tuple[str, ...]:
        readings = (
            partial(self._stated.all_of_entry, "p-author"),
            partial(self._stated.data.texts, "author"),
            partial(self._stated.all, "dc.creator", "author", "dcterms.creator", "parsely-author"),
            partial(self._stated.all, "article:author", "sailthru.author", "byl"),
            self._marked_authors,
        )
        for read in readings:
            names = tuple(dict.fromkeys(filter(None, map(_name, read()))))
            if names:
                return names
        return ()

    def _marked_authors(self) -> tuple[str, ...]:
        for elements in (
            self._stated.tree.xpath("//*[@itemprop='author']//*[@itemprop='name']"),
            self._stated.tree.xpath("//*[@itemprop='author']"),
            self._stated.tree.xpath("//a[@rel='author']"),
            self._stated.marks.within("fn", "vcard"),
            self._stated.marks.all("byline", "author", "post-author"),
            [each for each in self._stated.marks.all("username") if _in_header(each)],
            self._stated.marks.like("byline"),
        ):
            found = tuple(words_of(each) for each in elements[:3])
            if any(_name(each) for each in found):
                return found[:1]
        return ()

    @property
    def tags(self) -> tuple[str, ...]:
        found = self._stated.all_of_entry("p-category") or self._stated.all("article:tag")
        if not found:
            found = tuple(
                part for words in self._stated.data.texts("keywords") for part in words.split(",")
            )
        if not found:
            links = self._stated.tree.xpath("//a[contains(concat(' ', @rel, ' '), ' tag ')]")
            found = tuple(words_of(link) for link in links)
        if not found:
            found = tuple((self._stated.first("keywords", "news_keywords") or "").split(","))
        return tuple(dict.fromkeys(plain_text(tag).lstrip("#") for tag in found if tag.strip()))[
            :30
        ]

    # ── addresses ────────────────────────────────────────────────────────────────────────

    @property
    def canonical_url(self) -> str | None:
        """The page's own word for its address, unless it calls every page the home page."""
        stated = (
            self._stated.links.get("canonical"),
            self._stated.first("og:url"),
            self._stated.data.text("url", "mainEntityOfPage"),
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
        stated = self._stated.first(
            "og:image:secure_url", "og:image", "twitter:image", "twitter:image:src"
        )
        return absolute_url(stated or self._stated.data.text("image", "thumbnailUrl"), self.base)


def _in_header(element: Any) -> bool:
    around = [each.tag for each in element.iterancestors("header", "article")]
    return "header" in around and "article" in around


def _name(words: str) -> str:
    """A person's name out of a byline; "" for what is an address or no name at all."""
    words = _BY.sub("", plain_text(words)).strip(" ,;|·•")
    if words.startswith(("http://", "https://", "/", "@")) or len(words) > _LONGEST_NAME:
        return ""
    return words
