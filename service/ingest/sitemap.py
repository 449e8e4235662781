"""Sitemaps: where a site has them, what they list, and which of it may be posts.

https://www.sitemaps.org/protocol.html: an index of sitemaps, or up to 50,000 addresses in one of
at most 50 MB; XML, plain text or a feed, gzipped or not; named in robots.txt.
"""

from __future__ import annotations

import io
import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from service.errors import FetchError, TooLarge, UnreadableInput
from service.ingest.absolute import absolute_url
from service.ingest.dates import moment
from service.ingest.identity import normalised_url
from service.ingest.index_page import looks_like_a_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from service.ingest.fetch import Fetched
    from service.ingest.patience import Gets

#: sitemaps.org: at most 50 MB, uncompressed
_MOST_BYTES = 50 * 1024 * 1024
#: addresses taken from all sitemaps of a site, and sitemaps read for them
_MOST_PLACES, _MOST_SITEMAPS = 250_000, 1_000
#: where sitemaps usually stand
COMMON = (
    "sitemap.xml", "sitemap_index.xml", "wp-sitemap.xml", "sitemap-index.xml", "sitemap.xml.gz",
    "sitemap.txt", "sitemap/", "blog/sitemap.xml",
)  # fmt: skip
_NAMED = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
#: sitemaps of a site by the last part of their path: those of posts, and those of other things
_OF_OTHERS = re.compile(
    r"(?:^|[^a-z])(?:pages?|categor\w*|tags?|tax\w*|authors?|users?|products?|attachments?|images?|"
    r"videos?|media|archives?|misc|externals?|locations?|local|events?|projects?|portfolios?|"
    r"forums?|topics?|terms?|shop|jobs?|comments?|formats?)(?![a-z])",
    re.IGNORECASE,
)
_OF_POSTS = re.compile(
    r"(?:^|[^a-z])(?:posts?|articles?|blogs?|entry|entries|stories|essays|news|beitr\w*)(?![a-z])",
    re.IGNORECASE,
)
_DAY = re.compile(r"/((?:19|20)\d\d)(?:[/-](0?[1-9]|1[0-2])(?:[/-](0?[1-9]|[12]\d|3[01]))?)?(?=\D)")


#: what the address of a sitemap ends with, and the root element of one
_ADDRESS = re.compile(r"sitemap[^/]*\.(?:xml|txt)(?:\.gz)?$", re.IGNORECASE)
_ROOT = re.compile(rb"<(?:\w+:)?(?:urlset|sitemapindex)[\s>]")


class Place(NamedTuple):
    """An address that a sitemap lists, and when it says it last changed."""

    url: str
    modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sitemap:
    """A sitemap, read: `sitemaps` are the others that an index names, with when they changed."""

    places: tuple[Place, ...] = ()
    sitemaps: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """What a site's sitemaps list, the newest first as far as they say it.

    `certain` where they say themselves that these are posts. `failed` are sitemaps that could
    not be read, in words.
    """

    places: tuple[Place, ...]
    certain: bool
    failed: tuple[str, ...] = ()


def is_called_sitemap(address: str) -> bool:
    """Whether an address is that of a sitemap by its name."""
    return _ADDRESS.search(urlsplit(address).path) is not None


def is_sitemap(body: bytes) -> bool:
    """Whether XML is that of a sitemap, by its root element."""
    return _ROOT.search(body[:4096]) is not None


def find_sitemap(url: str, fetcher: Gets) -> tuple[str, ...]:
    """The site's sitemaps: those that robots.txt names, else the first at a common place."""
    named = _in_robots(urljoin(url, "/robots.txt"), fetcher)
    if named:
        return named
    for path in COMMON:
        candidate = urljoin(url, f"/{path}")
        try:
            fetched = answered(candidate, fetcher)
            read_sitemap(fetched.body, fetched.url)
        except (FetchError, UnreadableInput):
            continue
        return (candidate,)
    return ()


def _in_robots(url: str, fetcher: Gets) -> tuple[str, ...]:
    try:
        text = fetcher.get(url).body.decode("utf-8", "replace")
    except FetchError:
        return ()
    named = (absolute_url(found, url) for found in _NAMED.findall(text))
    return tuple(dict.fromkeys(each for each in named if each))


def listed(sitemaps: Iterable[str], site: str, fetcher: Gets) -> Listed:
    """What these sitemaps and those below them list of the site. Where some are of posts, only
    those; else all but those of other things. Raises FetchError where none can be had."""
    waiting, seen = list(sitemaps), set[str]()
    of_posts: dict[str, Place] = {}
    others: dict[str, Place] = {}
    failed: list[str] = []
    first: FetchError | UnreadableInput | None = None
    while waiting and len(seen) < _MOST_SITEMAPS and len(others) < _MOST_PLACES:
        address = waiting.pop(0)
        if address in seen:
            continue
        seen.add(address)
        try:
            fetched = answered(address, fetcher)
            found = read_sitemap(fetched.body, fetched.url)
        except (FetchError, UnreadableInput) as error:
            first = first or error
            failed.append(str(error))
            continue
        waiting += worth_reading(each.url for each in found.sitemaps)
        target = of_posts if is_of_posts(address) else others
        target.update((place.url, place) for place in of_site(found.places, site))
    if first is not None and not of_posts and not others:
        raise first
    places = of_posts.values() or likely_posts(others.values(), site)
    return Listed(newest_first(places), bool(of_posts), tuple(failed))


def worth_reading(sitemaps: Iterable[str]) -> list[str]:
    """Of the sitemaps that an index names those of posts; else all but those of other things."""
    sitemaps = list(sitemaps)
    of_posts = [each for each in sitemaps if is_of_posts(each)]
    rest = [each for each in sitemaps if not _OF_OTHERS.search(_name(each))]
    return of_posts or rest or sitemaps


def is_of_posts(address: str) -> bool:
    """Whether a sitemap is called after posts."""
    name = _name(address)
    return _OF_POSTS.search(name) is not None and _OF_OTHERS.search(name) is None


def _name(address: str) -> str:
    return urlsplit(address).path.rstrip("/").rpartition("/")[2]


def of_site(places: Iterable[Place], site: str) -> list[Place]:
    """Those that are of the site at this address."""
    return [place for place in places if _host(place.url) == _host(site)]


def likely_posts(places: Iterable[Place], site: str) -> list[Place]:
    """Those that may be posts by their address: neither the home page nor lists."""
    return [place for place in places if _may_be_post(place.url, site)]


def newest_first(places: Iterable[Place]) -> tuple[Place, ...]:
    """The newest first, as far as the sitemaps say it."""
    return tuple(sorted(places, key=_when, reverse=True))


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _may_be_post(url: str, site: str) -> bool:
    key = normalised_url(url)
    return key is not None and key != normalised_url(site) and not looks_like_a_list(url)


def _when(place: Place) -> tuple[str, str]:
    """By the day in the address, where there is one, else by the last change."""
    found = _DAY.search(urlsplit(place.url).path)
    day = "-".join((part or "").zfill(2) for part in found.groups()) if found else ""
    return day, place.modified.isoformat() if place.modified else ""


# ── one sitemap ──────────────────────────────────────────────────────────────────────────


def answered(url: str, fetcher: Gets, **validators: str | None) -> Fetched:
    """What stands there. `validators` are `etag` and `last_modified` of the answer before; a
    Fetcher takes them. Raises FetchError."""
    wanted = "application/xml, text/xml, */*;q=0.5"
    return fetcher.get(url, max_bytes=_MOST_BYTES, accept=wanted, **validators)  # type: ignore[arg-type]


def read_sitemap(body: bytes, url: str) -> Sitemap:
    """The sitemap in these bytes. Raises UnreadableInput where they are none, and TooLarge."""
    body = _unzipped(body, url).lstrip()
    if body.startswith((b"<", b"\xef\xbb\xbf<")):
        return _of_xml(body, url)
    lines = [absolute_url(line.strip(), None) for line in body.decode("utf-8", "replace").split()]
    if not lines or not all(lines):
        raise _no_sitemap(url)
    return Sitemap(tuple(Place(line) for line in lines if line))


def _unzipped(body: bytes, url: str) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        plain = inflater.decompress(body, _MOST_BYTES + 1)
    except zlib.error as error:
        raise _no_sitemap(url) from error
    if len(plain) > _MOST_BYTES:
        raise TooLarge(f"{url} is larger than {_MOST_BYTES:,} bytes.", url=url)
    return plain


def _of_xml(body: bytes, url: str) -> Sitemap:
    from lxml import etree

    places: list[Place] = []
    sitemaps: list[Place] = []
    root = ""
    try:
        # the tree is cleared as it is read: a sitemap of 50 MB costs little more than its places
        for _, element in etree.iterparse(
            io.BytesIO(body),
            events=("end",),
            recover=True,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
        ):
            name = _local(element)
            if name in ("url", "sitemap"):
                found = _place(element, url)
                if found and name == "sitemap":
                    sitemaps.append(found)
                elif found:
                    places.append(found)
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
            root = name
    except etree.XMLSyntaxError:
        pass
    if root not in ("urlset", "sitemapindex") and not places and not sitemaps:
        return _of_feed(body, url)
    return Sitemap(tuple(places[:_MOST_PLACES]), tuple(sitemaps))


def _place(element: Any, base: str) -> Place | None:
    told = {_local(each): (each.text or "").strip() for each in reversed(element)}
    url = absolute_url(told.get("loc"), base)
    return Place(url, moment(told.get("lastmod"))) if url else None


def _local(element: Any) -> str:
    """The element's name in the sitemap's own vocabulary; those of image and video extensions
    keep their namespace."""
    namespace, _, name = str(element.tag).rpartition("}")
    return name if "sitemap-image" not in namespace and "sitemap-video" not in namespace else ""


def _of_feed(body: bytes, url: str) -> Sitemap:
    """RSS and Atom are sitemaps too (sitemaps.org, "Other Sitemap formats")."""
    from service.ingest.feeds import read_feed

    try:
        feed = read_feed(body, url=url)
    except UnreadableInput as error:
        raise _no_sitemap(url) from error
    entries: Iterator[Place] = (
        Place(entry.url, entry.updated or entry.published) for entry in feed.entries if entry.url
    )
    return Sitemap(tuple(entries))


def _no_sitemap(url: str) -> UnreadableInput:
    return UnreadableInput(
        f"{url} is no sitemap.",
        mend="Open it in a browser; it should list addresses in XML, or one a line.",
    )
