"""A page of a blog, seen by one who looks for ways to follow it: what it announces, what it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import parse_qs, urlsplit

from service.ingest.absolute import absolute_url
from service.ingest.feed_places import platform_of
from service.ingest.index_page import page_links
from service.ingest.link_header import HeaderLink, header_links
from service.ingest.linked_data import LinkedData
from service.ingest.page_source import page_text, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.ingest.fetch import Fetched
    from service.ingest.page_metadata import Metadata

FEED_TYPES = frozenset(
    "application/rss+xml application/atom+xml application/feed+json application/rdf+xml "
    "application/json text/xml application/xml application/x-atom+xml".split()
)
_COMMENTS = re.compile(
    r"comment|kommentar|commentaire|comentario|comentário|commenti\b|reacties|replies",
    re.IGNORECASE,
)
#: feeds of a part of the blog, by their path, query or title
_PART = re.compile(
    r"/(?:category|categories|kategorie|categorie|categoria|tags?|topics?|labels?|-|author|autor|"
    r"search|podcasts?|micro(?:blog)?|notes|links|linkblog|photos?)(?:/|$)",
    re.IGNORECASE,
)
_PART_TITLE = re.compile(
    r"\b(?:category|tag|author|search results?|podcasts?|episodes|schlagwort|kategorie|étiquette|"
    r"catégorie|etiqueta|categoría) feed\b|^posts by\b|\bpodcast\b",
    re.IGNORECASE,
)
_PART_QUERY = frozenset(("cat", "tag", "author", "s", "category", "p", "post_type"))
_NO_FEED = re.compile(r"/wp-json/|/oembed", re.IGNORECASE)
_FEED_LINK = re.compile(
    r"(?:/(?:feed|rss|atom)/?|(?:rss|atom|feed|index)\.(?:xml|json|rss|atom)|\.rss|"
    r"/feeds?/[\w./-]+|/feeds/posts/default/?)$"
)
#: words of a link to a feed, whatever its address
_FEED_WORDS = re.compile(
    r"^(?:subscribe\s+(?:via|by)\s+)?(?:the\s+)?(?:rss|atom|json)?(?:\s*/\s*atom)?\s*(?:feeds?|rss|atom)$",
    re.IGNORECASE,
)
#: words of a home page's link to the blog below it
_BLOG_WORDS = re.compile(
    r"^(?:(?:the|my|our)\s+)?(?:blog|weblog|journal|articles?|posts?|all posts|writing|essays|"
    r"notes|news|notizen|artikel|tagebuch)$",
    re.IGNORECASE,
)
_REFRESH = re.compile(r"^\s*\d+\s*[;,]\s*url\s*=\s*['\"]?([^'\"]+)", re.IGNORECASE)
_POST_CLASSES = frozenset(("single-post", "post-template", "type-post", "item-view", "postid"))
_OTHER_CLASSES = frozenset(
    "page-template page-template-default type-page error404 home-template tag-template "
    "author-template index-view archive-view label-view static-view type-attachment".split()
)
#: those of WordPress, too common words to mean the same elsewhere
_WORDPRESS_CLASSES = frozenset("page archive category tag author search home blog".split())
_ARTICLE_ITEMS = re.compile(r"schema\.org/(?:BlogPosting|Article|NewsArticle|Review)\b")
_SEVERAL = 3


@dataclass(frozen=True, slots=True)
class Announced:
    """A feed that a page names. `part` where it holds a part of the blog: a tag's, an author's."""

    url: str
    title: str = ""
    part: bool = False


PageKind = Literal["post", "list", "other", "unsure"]


class BlogPage:
    """A fetched page. Raises UnreadableInput where there is nothing to read."""

    def __init__(self, fetched: Fetched) -> None:
        from service.ingest.page_metadata import Metadata

        self.url = fetched.url
        self.text = page_text(fetched.body, fetched.charset, fetched.url)
        self.tree: Any = parsed(self.text, fetched.url)
        self.metadata: Metadata = Metadata(self.text, self.tree, fetched.url)
        self.base = self.metadata.base or fetched.url
        self._headers = header_links(fetched.headers.get("link"), fetched.url)

    # ── what it announces ────────────────────────────────────────────────────────────────

    @cached_property
    def announced(self) -> tuple[Announced, ...]:
        """The feeds it names, those of posts first, then those of its own site; never one of
        comments: rel=alternate of its head and its headers, then visible links."""
        found: dict[str, Announced] = {}
        for link in self._feeds():
            if not _is_comments(link) and not _NO_FEED.search(link.url):
                found.setdefault(link.url, Announced(link.url, link.title, _is_part(link)))
        ordered = sorted(found.values(), key=lambda each: (each.part, not self._is_near(each.url)))
        return tuple(ordered)

    def _feeds(self) -> Iterator[HeaderLink]:
        for link in (*self._elements(), *self._headers):
            if link.kind in FEED_TYPES and {"alternate", "feed"} & set(link.rels):
                yield link
        for element in self.tree.xpath("//a[@href]"):
            url = absolute_url(element.get("href"), self.base)
            words = element.get("title") or _words(element)
            if url and (_FEED_LINK.search(urlsplit(url).path.lower()) or _FEED_WORDS.match(words)):
                yield HeaderLink(url, (), "", words)

    def _elements(self) -> Iterator[HeaderLink]:
        for element in self.tree.xpath("//link[@rel and @href]"):
            url = absolute_url(element.get("href"), self.base)
            if url:
                kind = (element.get("type") or "").lower().split(";")[0].strip()
                rels = tuple(element.get("rel").lower().split())
                yield HeaderLink(url, rels, kind, element.get("title") or "")

    def linked(self, rel: str) -> str | None:
        """The first address that a link of this relation has, in headers or head."""
        links = (*self._headers, *self._elements())
        return next((link.url for link in links if rel in link.rels), None)

    def _is_near(self, url: str) -> bool:
        """Whether an address is of the same site: the same host, or one that ends alike."""
        ours, theirs = (urlsplit(each).hostname or "" for each in (self.url, url))
        return ours.split(".")[-2:] == theirs.split(".")[-2:]

    @property
    def sends_on_to(self) -> str | None:
        """Where the page itself leads its visitors at once."""
        found = self.tree.xpath(
            "//meta[translate(@http-equiv, 'REFSH', 'refsh')='refresh']/@content"
        )
        target = _REFRESH.match(str(found[0])) if found else None
        return absolute_url(target[1].strip(), self.base) if target else None

    @property
    def blogs(self) -> tuple[str, ...]:
        """Pages of the same host that it links as the blog."""
        links = (
            (absolute_url(each.get("href"), self.base), _words(each))
            for each in self.tree.xpath("//a[@href]")
        )
        host = urlsplit(self.url).hostname
        named = [url for url, words in links if url and _BLOG_WORDS.match(words)]
        return tuple(dict.fromkeys(url for url in named if urlsplit(url).hostname == host))

    # ── what it is ───────────────────────────────────────────────────────────────────────

    @cached_property
    def generator(self) -> str | None:
        found = self.tree.xpath("//meta[@name='generator' or @name='Generator']/@content")
        return str(found[0]) if found else None

    @property
    def platform(self) -> str | None:
        return "WordPress" if self.linked("https://api.w.org/") else platform_of(self.generator)

    @cached_property
    def links(self) -> tuple[str, ...]:
        """The posts that it lists."""
        return page_links(self.text, url=self.url)

    @cached_property
    def kind(self) -> PageKind:
        """What its markup says it is: the classes of blog programs, microformats, JSON-LD,
        microdata and Open Graph. "unsure" where it says nothing."""
        said = self._by_classes()
        if said is not None:
            return said
        entries = self.tree.xpath(f"count({_CLASS.format('h-entry')} | {_CLASS.format('hentry')})")
        if entries >= _SEVERAL or self.tree.xpath("count(//article[.//h2//a])") >= _SEVERAL:
            return "list"
        if self._says_when() or LinkedData(self.text).article:
            return "post"
        if self._open_graph("og:type") in ("website", "profile", "product"):
            return "other"
        return "unsure"

    def _by_classes(self) -> PageKind | None:
        """What the classes of the body say, and those of the one article, if it is one."""
        articles = self.tree.xpath("//article/@class")
        others = _OTHER_CLASSES | (_WORDPRESS_CLASSES if self.platform == "WordPress" else set())
        for found in (self.tree.xpath("//body/@class"), articles if len(articles) == 1 else ()):
            classes = {name for each in found for name in str(each).lower().split()}
            if classes & _POST_CLASSES:
                return "post"
            if classes & others or any(each.startswith("tax-") for each in classes):
                return "list" if len(self.links) >= _SEVERAL else "other"
        return None

    def _says_when(self) -> bool:
        """Whether the page has a day of publication that only posts have."""
        if self._open_graph("article:published_time"):
            return True
        items = self.tree.xpath("//*[@itemtype and .//*[@itemprop='datePublished']]/@itemtype")
        if any(_ARTICLE_ITEMS.search(str(each)) for each in items):
            return True
        within = f"{_CLASS.format('h-entry')}//*[contains(@class, 'dt-published')]"
        return bool(self.tree.xpath(within))

    def _open_graph(self, name: str) -> str:
        found = self.tree.xpath("//meta[@property=$name or @name=$name]/@content", name=name)
        return str(found[0]).strip().lower() if found else ""


_CLASS = "//*[contains(concat(' ', normalize-space(@class), ' '), ' {} ')]"


def _is_comments(link: HeaderLink) -> bool:
    parts = urlsplit(link.url)
    return _COMMENTS.search(f"{link.title} {parts.path} {parts.query}") is not None


def _is_part(link: HeaderLink) -> bool:
    parts = urlsplit(link.url)
    query = parse_qs(parts.query)
    # a feed of all posts may itself be called after its kind: /notes/index.xml of a notebook
    within = _PART.search(parts.path.rstrip("/").rpartition("/")[0] + "/")
    return bool(within or _PART_TITLE.search(link.title) or _PART_QUERY & set(query))


def _words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())[:80]
