"""Who wrote what a feed tells, and what it is about, as feedparser reads that."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from service.ingest.feed_reading import attributes_of, spelled, text_of
from service.ingest.feed_xhtml import NotKnown

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

    from service.ingest.feed_reading import Given, Reading, Scope

_ITUNES_SCHEME = "http://www.itunes.com/"
_MEDIA_SCHEME = "http://search.yahoo.com/mrss/category_schema"
#: the parts of a person, and feedparser's keys for them
_PERSON = {"name": "name", "email": "email", "uri": "href", "": ""}


def author(reading: Reading, element: Element, _: Given, __: Scope, depth: int) -> None:
    context = reading.context
    person: dict[str, str] = {}
    context.setdefault("authors", []).append(person)
    text = element.text or ""
    for child in element:
        key = _key_of(reading, child)
        if key:
            value = text_of(child)
            # the detail may be an earlier author's own, who is then this one too
            context.setdefault("author_detail", {})[key] = value
            _sync_author(context)
            person[key] = value
        text += child.tail or ""
    reading.keep("author", spelled(text), depth)
    _sync_author(context)


def contributor(reading: Reading, element: Element, _: Given, __: Scope, ___: int) -> None:
    for child in element:
        _key_of(reading, child)


def _key_of(reading: Reading, part: Element) -> str:
    key = _PERSON.get(reading.name(part))
    if key is None or (not key and len(part)):
        raise NotKnown
    return key


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


def publisher(reading: Reading, element: Element, _: Given, __: Scope, depth: int) -> None:
    reading.keep("publisher", text_of(element), depth)


def category(reading: Reading, element: Element, given: Given, _: Scope, __: int) -> None:
    if given:
        stated = attributes_of(given)
        scheme = stated.get("scheme", stated.get("domain"))
        _tag(reading, stated.get("term"), scheme, stated.get("label"))
    _tag_in_words(reading, element)


def media_category(reading: Reading, element: Element, given: Given, _: Scope, __: int) -> None:
    stated = attributes_of(given)
    scheme = stated.get("scheme", _MEDIA_SCHEME)
    _tag(reading, stated.get("term"), scheme, stated.get("label"))
    _tag_in_words(reading, element)


def _tag_in_words(reading: Reading, element: Element) -> None:
    value = text_of(element)
    if not value:
        return
    tags = reading.context.get("tags")
    if tags and not tags[-1]["term"]:
        last = tags[-1]
        reading.tags.discard((last["term"], last["scheme"], last["label"]))
        last["term"] = value
        reading.tags.add((value, last["scheme"], last["label"]))
    else:
        _tag(reading, value, None, None)


def keywords(reading: Reading, element: Element, given: Given, _: Scope, __: int) -> None:
    _keywords(reading, element, given, None)


def itunes_keywords(reading: Reading, element: Element, given: Given, _: Scope, __: int) -> None:
    _keywords(reading, element, given, _ITUNES_SCHEME)


def _keywords(reading: Reading, element: Element, given: Given, scheme: str | None) -> None:
    if given:
        raise NotKnown
    for term in text_of(element).split(","):
        if term.strip():
            _tag(reading, term.strip(), scheme, None)


def _tag(reading: Reading, term: str | None, scheme: str | None, label: str | None) -> None:
    tags = reading.context.setdefault("tags", [])
    if (term or scheme or label) and (term, scheme, label) not in reading.tags:
        reading.tags.add((term, scheme, label))
        tags.append({"term": term, "scheme": scheme, "label": label})
