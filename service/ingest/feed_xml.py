"""RSS, RDF and Atom as feedparser reads them, what it would spend time on done once and by need.

The feeds that nearly all blogs write are read directly, without it. Other well-formed XML goes
to feedparser's strict parser. Broken XML is first mended by libxml2, in linear time, because
feedparser's own loose parser is neither quick nor bounded.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any

from service.errors import UnreadableInput
from service.ingest.absolute import absolute_html, absolute_url
from service.ingest.dates import moment_of
from service.ingest.feed_direct import read_directly
from service.ingest.feed_imprints import Imprinting, imprint_of_all
from service.ingest.feed_mending import bounded, is_laborious, is_monstrous, well_formed
from service.ingest.feed_xhtml import XHTML
from service.ingest.wording import first_image, is_cut_off, paragraphs, plain_text
from service.model import Entry, Feed, Imprints
from service.readable import VOID

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_EMPTY_END = re.compile(rf"></(?:{'|'.join(sorted(VOID))})>")
_PICTURE = re.compile(r"^[^?#]*\.(?:jpe?g|png|gif|webp|avif)(?:[?#]|$)", re.IGNORECASE)
_LEFT_OVER = re.compile(r"\s*\]{1,2}>$")
_LONGEST_LOOSE = 1_000_000
_HTML_TYPES = frozenset(("text/html", XHTML, "html", "xhtml"))
#: an RSS description without content:encoded is the whole post when it is marked up as one
_WHOLE_POST = re.compile(r"</(?:p|div|h[1-6]|ul|ol|blockquote|figure)>", re.IGNORECASE)
_WHOLE_POST_LENGTH = 600


def read_xml_feed(text: str, *, url: str | None, name: str, known: Imprints | None = None) -> Feed:
    """The feed in an XML text, without the entries that came just as `known` ones did, where it
    can be told; None: no imprints are wanted. Raises UnreadableInput where it is none."""
    imprinting = Imprinting(known.entries) if known is not None else None
    directly = None if is_monstrous(text) else read_directly(text, imprinting)
    if directly is None:
        return feed_of(_laboriously(text, name), url=url, name=name)
    feed = feed_of(directly, url=url, name=name)
    if known is None or imprinting is None:
        return feed
    for_all = imprint_of_all(feed.url, _authors(directly["feed"]), feed.language)
    imprints = Imprints(for_all, tuple(imprinting.found))
    if imprints.for_all != known.for_all and len(feed.entries) < len(imprints.entries):
        return read_xml_feed(text, url=url, name=name, known=Imprints())
    return replace(feed, imprints=imprints)


def _laboriously(text: str, name: str) -> Any:
    if is_monstrous(text) or is_laborious(text):
        raise UnreadableInput(
            f"{name} has more elements, tags or namespaces than any blog's feed.",
            mend="Point at a smaller feed, for example one with fewer posts.",
        )
    return read_by_feedparser(text)


def feed_of(parsed: Any, *, url: str | None, name: str) -> Feed:
    """The feed in what feedparser, or `read_directly`, made of it. Raises UnreadableInput."""
    entries, channel = parsed["entries"], parsed["feed"]
    version = parsed["version"]
    if not version and not entries:
        raise UnreadableInput(
            f"{name} is neither RSS nor Atom nor JSON Feed.",
            mend="Give the blog's address to: bookplate init URL, which looks for its feed.",
        )
    links = list(_links(channel))
    own = url or _by_rel(links, "self")
    atom = version.startswith("atom")
    language = channel.get("language") or None
    inherited = _authors(channel) if atom else ()
    return Feed(
        title=_words(channel.get("title"), channel.get("title_detail")),
        entries=tuple(_entry(each, own, atom, inherited, language) for each in entries),
        url=own,
        site_url=absolute_url(channel.get("link"), own),
        description=_words(channel.get("subtitle"), channel.get("subtitle_detail")) or None,
        language=language,
        image=absolute_url(_picture(channel), own),
        hub=_by_rel(links, "hub"),
    )


def read_by_feedparser(text: str) -> Any:
    """feedparser's dictionary of the feed, broken XML mended first."""
    mended = well_formed(bounded(text))
    if mended is None and len(text) > _LONGEST_LOOSE:
        return {"entries": [], "feed": {}, "version": ""}
    return _feedparser(mended or bounded(text))


def _feedparser(text: str) -> dict[str, Any]:
    """feedparser's reading. It is not told the address, or it would make ids of it."""
    import feedparser

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        parsed = feedparser.parse(
            text.encode("utf-8", "replace"),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    return {
        "version": dict.get(parsed, "version") or "",
        "feed": _plain(parsed["feed"]),
        "entries": [_plain(entry) for entry in parsed["entries"]],
    }


def _plain(holder: Any) -> dict[str, Any]:
    """With the keys that are there: feedparser's dictionaries answer for others, too."""
    return dict(dict.items(holder))


# ── from feedparser's dictionaries to our nouns ──────────────────────────────────────────


def _entry(
    item: Any,
    feed_url: str | None,
    atom: bool,
    inherited: tuple[str, ...],
    language: str | None,
) -> Entry:
    url = absolute_url(_permalink(item), feed_url)
    content, summary, complete = _contents(item, atom)
    base = _base(content or summary, feed_url, url, atom)
    html = absolute_html(_html(content or summary), base)
    updated = moment_of(item.get("updated_parsed"))
    published = moment_of(item.get("published_parsed"))
    # the date of Dublin Core, by which RSS 1.0 dates its items, feedparser takes for an update
    dated = moment_of(item.get("created_parsed")) or (None if atom else updated)
    return Entry(
        url=url,
        title=_words(item.get("title"), item.get("title_detail")),
        html=html,
        id=item.get("id") or None,
        authors=_authors(item) or inherited,
        published=published or dated,
        updated=updated,
        tags=_tags(item),
        summary=(plain_text(_html(summary)) or None) if summary else None,
        image=absolute_url(_picture(item), base or url) or first_image(html),
        language=(content or {}).get("language") or item.get("language") or language,
        complete=complete,
    )


def _permalink(item: Any) -> str | None:
    """The post's own address; FeedBurner keeps it beside a counting link. An id that calls itself
    a permalink, as every RSS guid does that says nothing else, is one only if it looks like it."""
    original = item.get("feedburner_origlink")
    link: str | None = original or item.get("link")
    return None if link and "/" not in link and link == item.get("id") else link


def _contents(item: Any, atom: bool) -> tuple[Any, Any, bool]:
    """The content, the summary (None where it only repeats the content), and completeness."""
    content = _fullest([part for part in item.get("content", ()) if part.get("value")])
    detail = item.get("summary_detail") or {"type": "text/html"}
    summary = {**detail, "value": item.get("summary") or ""}
    if content is not None and not _is_aside(content, summary):
        same = summary["value"] == content["value"] or not summary["value"]
        return content, None if same else summary, not is_cut_off(content["value"])
    value = summary["value"]
    whole = (
        not atom
        and len(value) > _WHOLE_POST_LENGTH
        and _WHOLE_POST.search(value) is not None
        and not is_cut_off(value)
    )
    return None, summary if value else None, whole


def _fullest(parts: list[Any]) -> Any:
    if len(parts) < 2:
        return parts[0] if parts else None
    html_parts = [part for part in parts if part.get("type") in _HTML_TYPES]
    return max(html_parts or parts, key=lambda part: len(part["value"]))


def _is_aside(content: Mapping[str, str], summary: Mapping[str, str]) -> bool:
    """Whether what feedparser calls the content is a second, shorter summary, as podcasts have."""
    value, other = content["value"], summary["value"]
    return 2 * len(value) < len(other) and _WHOLE_POST.search(other) is not None


def _html(part: Mapping[str, str] | None) -> str:
    """A part's HTML as it came; plain text escaped, in paragraphs."""
    if part is None:
        return ""
    value = part["value"]
    if part.get("type", "text/html") not in _HTML_TYPES:
        return paragraphs(escape(value, quote=False))
    if part.get("type") == XHTML:
        # an empty element of XML has an end tag, which in HTML would be an element more
        return _EMPTY_END.sub(">", value)
    if value.lstrip().startswith("<![CDATA["):
        # a CDATA section within a CDATA section: the inner one's marks are left over
        return _LEFT_OVER.sub("", value.replace("<![CDATA[", "", 1).strip())
    return value


def _base(
    part: Mapping[str, str] | None, feed_url: str | None, url: str | None, atom: bool
) -> str | None:
    """What relative URLs mean: xml:base, else in Atom the feed (RFC 4287, 2), else the post."""
    stated = (part or {}).get("base") or None
    if stated:
        return absolute_url(stated, feed_url)
    return (feed_url or url) if atom else (url or feed_url)


def _words(value: str | None, detail: Mapping[str, str] | None) -> str:
    if not value:
        return ""
    if detail and detail.get("type") == "text/plain":
        return " ".join(value.split())
    return plain_text(value)


def _authors(holder: Any) -> tuple[str, ...]:
    names = [person.get("name") or person.get("email") for person in holder.get("authors", ())]
    return _distinct(names) or _distinct((holder.get("author") or holder.get("publisher"),))


def _tags(item: Any) -> tuple[str, ...]:
    return _distinct([tag.get("label") or tag.get("term") for tag in item.get("tags", ())])


def _distinct(words: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([plain_text(each) for each in words if each and each.strip()]))


def _links(holder: Any) -> Iterator[Mapping[str, str]]:
    yield from (link for link in holder.get("links", ()) if link.get("href"))


def _by_rel(links: Iterable[Mapping[str, str]], rel: str) -> str | None:
    return next((link["href"] for link in links if link.get("rel") == rel), None)


def _is_picture(url: str, kind: str | None) -> bool:
    """By what it says it is, or else by its address."""
    return kind.startswith("image") if kind else _PICTURE.search(url) is not None


def _picture(holder: Any) -> str | None:
    """The lead picture that the feed names: Media RSS, an enclosure, iTunes, the channel's."""
    for media in holder.get("media_content", ()):
        url, kind = media.get("url"), media.get("medium") or media.get("type")
        if url and _is_picture(url, kind):
            return str(url)
    for link in _links(holder):
        if link.get("rel") == "enclosure" and _is_picture(link["href"], link.get("type")):
            return link["href"]
    for media in holder.get("media_thumbnail", ()):
        if media.get("url"):
            return str(media["url"])
    image = holder.get("image") or {}
    return image.get("href") or holder.get("logo") or holder.get("icon") or None
