"""What each element of a feed adds to what is read, by the rules of feedparser."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from service.ingest.dates import feed_moment
from service.ingest.feed_names import Name, meaning
from service.ingest.feed_reading import (
    Reading,
    Scope,
    attributes_of,
    resolved,
    spelled,
    surroundings,
    text_of,
)
from service.ingest.feed_xhtml import XHTML, NotKnown

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.etree import _Element as Element

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_ITUNES_SCHEME = "http://www.itunes.com/"
_MEDIA_SCHEME = "http://search.yahoo.com/mrss/category_schema"
#: the parts of a person, and feedparser's keys for them
_PERSON: dict[str | None, str] = {"name": "name", "email": "email", "uri": "href", "": ""}
_LINK_REFERENCE = re.compile(r"&([A-Za-z0-9_]+);")
#: nobody nests media deeper
_DEEPEST = 8


def read_entry(reading: Reading, item: Element, scope: Scope, depth: int) -> None:
    if reading.in_entry or "href" in item.attrib or "lastmod" in item.attrib:
        raise NotKnown
    reading.context = {}
    reading.entries.append(reading.context)
    reading.in_entry, reading.title_depth = True, -1
    reading.depths = {}
    if about := item.get(f"{RDF}about"):
        reading.context["id"] = about
    read_children(reading, item, scope, depth + 1)
    reading.context, reading.in_entry, reading.has_content = reading.feed, False, False


def read_children(reading: Reading, parent: Element, scope: Scope, depth: int) -> None:
    for child in parent:
        name = meaning(child)
        if name == "":
            continue
        reader = _READERS.get(name)
        if reader is None:
            raise NotKnown
        own = surroundings(child, scope) if child.attrib else scope
        reader(reading, child, own, depth)


# ── one kind of element each ─────────────────────────────────────────────────────────────


def entry(reading: Reading, element: Element, scope: Scope, depth: int) -> None:
    read_entry(reading, element, scope, depth)


def title(reading: Reading, element: Element, scope: Scope, depth: int) -> None:
    value, _ = reading.take_content("title", element, scope, depth, "text/plain")
    if value:
        reading.title_depth = depth


def media_title(reading: Reading, element: Element, scope: Scope, depth: int) -> None:
    reading.take_content("title", element, scope, depth, "text/plain")


def description(reading: Reading, element: Element, scope: Scope, depth: int) -> None:
    if _says_more(reading, element, scope, depth):
        return
    key = "summary" if reading.in_entry else "subtitle"
    reading.take_content(key, element, scope, depth, "text/html")


def summary(reading: Reading, element: Element, scope: Scope, depth: int) -> None:
    if not _says_more(reading, element, scope, depth):
        reading.take_content("summary", element, scope, depth, "text/plain")


def _says_more(reading: Reading, element: Element, scope: Scope, depth: int) -> bool:
    """A second summary, where no content was told, is the content."""
    if "summary" not in reading.context or reading.has_content:
        return False
    content(reading, element, scope, depth)
    return True


def subtitle(reading: Reading, element: Element, scope: Scope, depth: int) -> None:
    if reading.in_entry:
        text_of(element)
    else:
        reading.take_content("subtitle", element, scope, depth, "text/plain")


def content(
    reading: Reading, element: Element, scope: Scope, depth: int, default: str = "text/plain"
) -> None:
    reading.has_content = True
    value, detail = reading.take_content("content", element, scope, depth, default)
    if reading.in_entry:
        reading.context.setdefault("content", []).append(detail)
    else:
        reading.context["content"] = value
    reading.context.setdefault("summary", value)


def encoded(reading: Reading, element: Element, scope: Scope, depth: int) -> None:
    content(reading, element, scope, depth, "text/html")


def link(reading: Reading, element: Element, scope: Scope, _: int) -> None:
    given = attributes_of(element)
    rel = given.setdefault("rel", "alternate")
    given.setdefault("type", "application/atom+xml" if rel == "self" else "text/html")
    href = _take_address(given)
    links = reading.context.setdefault("links", [])
    links.append(given)
    if href is not None:
        given["href"] = resolved(href, scope) if href else scope.base
        kind = given["type"]
        if rel == "alternate" and kind in ("html", "text/html", "xhtml", XHTML):
            reading.context["link"] = given["href"]
        text_of(element)
        return
    value = resolved(text_of(element), scope)
    if reading.in_entry:
        value = value.replace("&amp;", "&")
    value = _LINK_REFERENCE.sub(r"&\1", value)
    reading.context["link"] = value
    if value or not reading.in_entry:
        given["href"] = value


def guid(reading: Reading, element: Element, scope: Scope, depth: int) -> None:
    given = attributes_of(element)
    is_link = given.get("ispermalink", "true") == "true"
    value = text_of(element)
    if is_link:
        value = resolved(value, scope)
    reading.keep("id", value, depth)
    if is_link:
        reading.context.setdefault("link", value)


def author(reading: Reading, element: Element, _: Scope, depth: int) -> None:
    person: dict[str, str] = {}
    reading.context.setdefault("authors", []).append(person)
    text = [element.text or ""]
    for child in element:
        key = _PERSON.get(meaning(child))
        if key is None:
            raise NotKnown
        if key:
            value = text_of(child)
            # the detail may be an earlier author's own, who is then this one too
            reading.context.setdefault("author_detail", {})[key] = value
            _sync_author(reading.context)
            person[key] = value
        text.append(child.tail or "")
    reading.keep("author", spelled("".join(text)), depth)
    _sync_author(reading.context)


def contributor(_reading: Reading, element: Element, _: Scope, __: int) -> None:
    if any(meaning(child) not in _PERSON for child in element):
        raise NotKnown


def publisher(reading: Reading, element: Element, _: Scope, depth: int) -> None:
    reading.keep("publisher", text_of(element), depth)


def media_category(reading: Reading, element: Element, _: Scope, __: int) -> None:
    _category(reading, element, attributes_of(element), _MEDIA_SCHEME)


def category(reading: Reading, element: Element, _: Scope, __: int) -> None:
    _category(reading, element, attributes_of(element), None)


def _category(
    reading: Reading, element: Element, given: dict[str, str], scheme: str | None
) -> None:
    term, label = given.get("term"), given.get("label")
    _tag(reading, term, given.get("scheme", scheme or given.get("domain")), label)
    value = text_of(element)
    if not value:
        return
    tags = reading.context["tags"]
    if tags and not tags[-1]["term"]:
        tags[-1]["term"] = value
    else:
        _tag(reading, value, None, None)


def keywords(reading: Reading, element: Element, _: Scope, __: int) -> None:
    if element.attrib:
        raise NotKnown
    scheme = _ITUNES_SCHEME if meaning(element) == "itunes_keywords" else None
    for term in text_of(element).split(","):
        if term.strip():
            _tag(reading, term.strip(), scheme, None)


def _tag(reading: Reading, term: str | None, scheme: str | None, label: str | None) -> None:
    tags = reading.context.setdefault("tags", [])
    value = {"term": term, "scheme": scheme, "label": label}
    if (term or scheme or label) and value not in tags:
        tags.append(value)


def published(reading: Reading, element: Element, _: Scope, __: int) -> None:
    reading.context["published_parsed"] = feed_moment(text_of(element))


def updated(reading: Reading, element: Element, _: Scope, __: int) -> None:
    reading.context["updated_parsed"] = feed_moment(text_of(element))


def created(reading: Reading, element: Element, _: Scope, __: int) -> None:
    reading.context["created_parsed"] = feed_moment(text_of(element))


def language(reading: Reading, element: Element, _: Scope, depth: int) -> None:
    reading.keep("language", text_of(element), depth)


def origlink(reading: Reading, element: Element, _: Scope, depth: int) -> None:
    if element.attrib:
        raise NotKnown
    reading.keep("feedburner_origlink", text_of(element), depth)


def enclosure(reading: Reading, element: Element, _: Scope, __: int) -> None:
    given = attributes_of(element)
    href = _take_address(given)
    if href is not None:
        given["href"] = href
    given["rel"] = "enclosure"
    reading.context.setdefault("links", []).append(given)


def media_group(reading: Reading, element: Element, scope: Scope, depth: int) -> None:
    if depth > _DEEPEST:
        raise NotKnown
    read_children(reading, element, scope, depth + 1)


def media_content(reading: Reading, element: Element, scope: Scope, depth: int) -> None:
    reading.context.setdefault("media_content", []).append(attributes_of(element))
    media_group(reading, element, scope, depth)


def media_thumbnail(reading: Reading, element: Element, scope: Scope, _: int) -> None:
    given = attributes_of(element)
    reading.context.setdefault("media_thumbnail", []).append(given)
    address = resolved(text_of(element), scope)
    if address:
        given.setdefault("url", address)


def itunes_image(reading: Reading, element: Element, _: Scope, __: int) -> None:
    text_of(element)
    given = attributes_of(element)
    href = given.get("href") or given.get("url")
    if href:
        reading.context["image"] = {"href": href}


def image(reading: Reading, element: Element, scope: Scope, _: int) -> None:
    """The channel's picture; inside an entry nobody knows what it would be."""
    if reading.in_entry or "image" in reading.feed:
        raise NotKnown
    if not is_plain(element):
        raise NotKnown
    picture: dict[str, str] = {}
    reading.feed["image"] = picture
    reading.title_depth = -1
    for child in element:
        name = meaning(child)
        if name == "uri":
            picture["href"] = resolved(text_of(child), surroundings(child, scope))
        elif name == "title" and text_of(child):
            reading.title_depth = 4


def picture(reading: Reading, element: Element, scope: Scope, depth: int) -> None:
    if element.attrib:
        raise NotKnown
    reading.keep(str(meaning(element)), resolved(text_of(element), scope), depth)


def source(reading: Reading, element: Element, _: Scope, __: int) -> None:
    text_of(element)
    reading.title_depth = -1


def of_the_feed(reading: Reading, _: Element, __: Scope, ___: int) -> None:
    """Something that is read nowhere if it is the feed's, and means too much in an entry."""
    if reading.in_entry or reading.version.startswith("atom"):
        raise NotKnown


def textinput(reading: Reading, element: Element, _: Scope, __: int) -> None:
    if reading.in_entry or not is_plain(element):
        raise NotKnown
    reading.title_depth = -1


def is_plain(element: Element) -> bool:
    """Whether this is what RSS lets stand in an image or a text input, and no more."""
    return all(
        meaning(child) in ("title", "link", "description", "uri", "name")
        or child.tag in ("width", "height")
        for child in element
    )


def _take_address(given: dict[str, str]) -> str | None:
    """The URL among the attributes, whatever it is called, taken out; None for none."""
    href = given.get("url", given.get("uri", given.get("href")))
    if not href:
        return given.pop("href", None)
    for name in ("url", "uri", "href"):
        given.pop(name, None)
    return href


def _sync_author(context: dict[str, Any]) -> None:
    """Let `author` and the last of `authors` say the same."""
    detail = context["authors"][-1]
    author = context.get("author")
    if detail:
        name, email = detail.get("name"), detail.get("email")
        if name or email:
            context["author"] = f"{name} ({email})" if name and email else name or email
    elif author and "@" in author:
        from feedparser.mixin import _FeedParserMixin

        _FeedParserMixin._sync_author_detail(SimpleNamespace(_get_context=lambda: context))
    elif author:
        context.setdefault("author_detail", detail)
        detail["name"] = author


_READERS: dict[Name, Callable[[Reading, Element, Scope, int], None]] = {
    "item": entry,
    "title": title,
    "media_title": media_title,
    "media_category": media_category,
    "contributor": contributor,
    "description": description,
    "summary": summary,
    "subtitle": subtitle,
    "content": content,
    "encoded": encoded,
    "link": link,
    "guid": guid,
    "author": author,
    "publisher": publisher,
    "category": category,
    "itunes_keywords": keywords,
    "media_keywords": keywords,
    "published": published,
    "updated": updated,
    "created": created,
    "language": language,
    "origlink": origlink,
    "enclosure": enclosure,
    "media_group": media_group,
    "media_content": media_content,
    "media_thumbnail": media_thumbnail,
    "itunes_image": itunes_image,
    "image": image,
    "logo": picture,
    "icon": picture,
    "source": source,
    "of_the_feed": of_the_feed,
    "textinput": textinput,
}
