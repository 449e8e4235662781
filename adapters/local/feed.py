"""The republished feed: the posts as rewritten, as RSS, Atom and JSON Feed."""

from __future__ import annotations

import json
import os
import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from xml.etree import ElementTree

from service.errors import RemoteGone, RenditionRejected, SettingsError
from service.folder import alone_in, replace
from service.model import Abilities, Article, Published
from service.ports import Channel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.model import Rendition
    from service.ports import ChannelContext, Receipts

ITEMS = "items"
SUFFIXES = (".xml", ".atom", ".json")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

#: an item of JSON Feed 1.1
Item = dict[str, Any]


class Feed(Channel):
    """NAME.xml (RSS 2.0, https://www.rssboard.org/rss-specification), NAME.atom (RFC 4287) and
    NAME.json (https://www.jsonfeed.org/version/1.1/) in DIRECTORY, NAME being the channel's.

    Each post is kept as one file in DIRECTORY/items/, an item of JSON Feed, and the feeds are
    made anew of the latest. An item's id is the post's permalink, and stays.
    """

    kind: ClassVar[str] = "feed"
    abilities = Abilities(
        form="article", network="own_site", edit=True, delete=True, idempotency="key"
    )

    @dataclass(frozen=True, slots=True)
    class Options:
        """`directory`: where the feeds go; a relative one starts beside bookplate.toml. `limit`:
        the most posts in a feed. `self_url`: where NAME.xml is served, if it is; NAME.atom and
        NAME.json are taken to stand beside it.
        """

        directory: str
        title: str | None = None
        description: str | None = None
        limit: int = 50
        self_url: str | None = None

    def __init__(self, name: str, options: object, context: ChannelContext) -> None:
        assert isinstance(options, Feed.Options)
        if Path(name).name != name:
            raise SettingsError(f'"{name}" can be no file\'s name.', mend="Rename the channel.")
        self.name = name
        self.limit = options.limit
        self.directory = context.directory / Path(options.directory).expanduser()
        title = options.title or context.blog_title or context.blog_url
        served = options.self_url
        for suffix in SUFFIXES:
            served = served.removesuffix(suffix) if served else None
        self._about = _About(
            title=title,
            description=options.description or title,
            home=context.blog_url,
            served=served,
            id=uuid.uuid5(uuid.NAMESPACE_URL, f"{context.blog_url}#{name}").urn,
        )

    def verify(self) -> str:
        with alone_in(self.directory):
            self._regenerate()
        return f"writes {self.directory / self.name}.xml, .atom and .json"

    def publish(self, rendition: Rendition, key: str, receipts: Receipts) -> Published:
        with alone_in(self.directory):
            self._put(rendition)
        path = self.directory / f"{self.name}.xml"
        return Published(rendition.post_url, path.absolute().as_uri())

    def update(
        self, published: Published, rendition: Rendition, key: str, receipts: Receipts
    ) -> Published:
        with alone_in(self.directory):
            if self._path_of(published.remote_id) is None:
                raise RemoteGone(
                    f"{published.remote_id} is not in {self.directory / ITEMS} any more.",
                    mend="Publish the post to this channel again if it should be.",
                )
            self._put(rendition, published.remote_id)
        return published

    def withdraw(self, published: Published, key: str, receipts: Receipts) -> None:
        with alone_in(self.directory):
            path = self._path_of(published.remote_id)
            if path is not None:
                path.unlink()
            self._regenerate()

    def _put(self, rendition: Rendition, item_id: str | None = None) -> None:
        body = rendition.body
        if not isinstance(body, Article):
            raise RenditionRejected(f"{self.name} takes whole posts, not a {body.form}.")
        item_id = item_id or rendition.post_url
        path = self._path_of(item_id)
        before = _read(path) if path else None
        item = _item(item_id, rendition, body, before)
        if path is None:
            # Sorted by name, the files stand in the order of their posts.
            moment = re.sub("[^0-9]", "", item["date_published"])
            path = self.directory / ITEMS / f"{moment}-{_digest(item_id)}.json"
            path.parent.mkdir(exist_ok=True)
        if item != before:
            replace(path, _json(item))
        self._regenerate()

    def _path_of(self, item_id: str) -> Path | None:
        ending = f"-{_digest(item_id)}.json"
        name = next((name for name in self._items() if name.endswith(ending)), None)
        return self.directory / ITEMS / name if name else None

    def _items(self) -> list[str]:
        """The names of the items' files."""
        try:
            with os.scandir(self.directory / ITEMS) as entries:
                names = [entry.name for entry in entries]
        except FileNotFoundError:
            return []
        return [name for name in names if name.endswith(".json") and not name.startswith(".")]

    def _regenerate(self) -> None:
        """Make the three feeds of the latest items; one that stays the same is not touched."""
        latest = sorted(self._items(), reverse=True)[: self.limit]
        items = [item for name in latest if (item := _read(self.directory / ITEMS / name))]
        for suffix, data in zip(
            SUFFIXES,
            (_rss(self._about, items), _atom(self._about, items), _json_feed(self._about, items)),
            strict=True,
        ):
            path = self.directory / f"{self.name}{suffix}"
            if not path.exists() or path.read_bytes() != data:
                replace(path, data)


@dataclass(frozen=True, slots=True)
class _About:
    """What a feed says of itself; `served` is its address without a suffix."""

    title: str
    description: str
    home: str
    served: str | None
    id: str

    def address(self, suffix: str) -> str | None:
        return f"{self.served}{suffix}" if self.served else None


# ── items ────────────────────────────────────────────────────────────────────────────────


def _item(item_id: str, rendition: Rendition, article: Article, before: Item | None) -> Item:
    """The post as an item; `before` itself where nothing but the time changed."""
    now = _stamp(datetime.now(UTC))
    published = _stamp(article.published) if article.published else None
    item: Item = {
        "id": item_id,
        "url": rendition.post_url,
        "title": rendition.title,
        "content_html": article.html,
        "summary": article.summary,
        "image": article.image.url if article.image else None,
        "date_published": published or (before or {}).get("date_published") or now,
        "date_modified": _stamp(article.updated) if article.updated else None,
        "authors": [{"name": name} for name in article.authors],
        "tags": list(article.tags),
        "language": article.language,
    }
    item = {name: value for name, value in item.items() if value}
    if before is None:
        return item
    if _but_for_modified(item) == _but_for_modified(before):
        return before
    return item | {"date_modified": now}


def _but_for_modified(item: Item) -> Item:
    return {name: value for name, value in item.items() if name != "date_modified"}


def _modified(item: Item) -> str:
    return str(item.get("date_modified") or item["date_published"])


def _read(path: Path) -> Item | None:
    try:
        item = json.loads(path.read_bytes())
    except ValueError:
        return None
    needed = {"id", "url", "title", "content_html", "date_published"}
    return item if isinstance(item, dict) and needed <= item.keys() else None


def _digest(item_id: str) -> str:
    return sha256(item_id.encode("utf-8", "replace")).hexdigest()[:32]


def _stamp(moment: datetime) -> str:
    """RFC 3339 in UTC, whole seconds."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return f"{aware.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _latest(items: Sequence[Item]) -> str:
    return max(map(_modified, items), default=_stamp(datetime.now(UTC)))


# ── the three formats ────────────────────────────────────────────────────────────────────


def _rss(about: _About, items: Sequence[Item]) -> bytes:
    root = ElementTree.Element(
        "rss",
        {
            "version": "2.0",
            "xmlns:atom": "http://www.w3.org/2005/Atom",
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
        },
    )
    channel = ElementTree.SubElement(root, "channel")
    _add(channel, "title", about.title)
    _add(channel, "link", about.home)
    _add(channel, "description", about.description)
    if address := about.address(".xml"):
        _add(channel, "atom:link", href=address, rel="self", type="application/rss+xml")
    if items:
        _add(channel, "lastBuildDate", _rfc822(_latest(items)))
    for item in items:
        entry = ElementTree.SubElement(channel, "item")
        _add(entry, "title", item["title"])
        _add(entry, "link", item["url"])
        _add(
            entry, "guid", item["id"], isPermaLink="true" if item["id"] == item["url"] else "false"
        )
        _add(entry, "pubDate", _rfc822(item["date_published"]))
        for author in item.get("authors", ()):
            _add(entry, "dc:creator", author["name"])
        for tag in item.get("tags", ()):
            _add(entry, "category", tag)
        _add(entry, "description", item.get("summary", ""))
        _add(entry, "content:encoded", item["content_html"])
    return _xml(root)


def _atom(about: _About, items: Sequence[Item]) -> bytes:
    feed = ElementTree.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom"})
    _add(feed, "id", about.id)
    _add(feed, "title", about.title)
    if about.description != about.title:
        _add(feed, "subtitle", about.description)
    _add(feed, "link", rel="alternate", href=about.home)
    if address := about.address(".atom"):
        _add(feed, "link", rel="self", href=address, type="application/atom+xml")
    _add(feed, "updated", _latest(items))
    _add(ElementTree.SubElement(feed, "author"), "name", about.title)
    for item in items:
        entry = ElementTree.SubElement(feed, "entry")
        if language := item.get("language"):
            entry.set("xml:lang", language)
        _add(entry, "id", item["id"])
        _add(entry, "title", item["title"])
        _add(entry, "link", rel="alternate", href=item["url"], type="text/html")
        _add(entry, "published", item["date_published"])
        _add(entry, "updated", _modified(item))
        for author in item.get("authors", ()):
            _add(ElementTree.SubElement(entry, "author"), "name", author["name"])
        for tag in item.get("tags", ()):
            _add(entry, "category", term=tag)
        if summary := item.get("summary"):
            _add(entry, "summary", summary)
        _add(entry, "content", item["content_html"], type="html")
    return _xml(feed)


def _json_feed(about: _About, items: Sequence[Item]) -> bytes:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": about.title,
        "home_page_url": about.home,
        "feed_url": about.address(".json"),
        "description": about.description,
    }
    return _json({name: value for name, value in feed.items() if value} | {"items": list(items)})


def _add(
    parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str
) -> None:
    given = {key: _NOT_XML.sub("", value) for key, value in attributes.items()}
    element = ElementTree.SubElement(parent, name, given)
    element.text = None if text is None else _NOT_XML.sub("", text)


def _xml(root: ElementTree.Element) -> bytes:
    ElementTree.indent(root)
    data: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return data + b"\n"


def _json(data: Item) -> bytes:
    text = json.dumps(data, ensure_ascii=False, indent=1)
    return text.encode("utf-8", "replace") + b"\n"


def _rfc822(stamp: str) -> str:
    return format_datetime(datetime.fromisoformat(stamp), usegmt=True)
