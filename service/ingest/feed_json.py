"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

import json
from datetime import datetime
from html import escape
from typing import Any

from service.errors import UnreadableInput
from service.ingest.absolute import absolute_html, absolute_url
from service.ingest.dates import moment
from service.ingest.wording import first_image, paragraphs, plain_text
from service.model import Entry, Feed


def read_json_feed(text: str, *, url: str | None, name: str) -> Feed:
    """The feed in a JSON text. Raises UnreadableInput where it is none."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableInput(
            f"{name} is broken JSON ({error}), not a feed.",
            mend="Check it with a JSON Feed validator, for example validator.jsonfeed.org.",
        ) from error
    if not isinstance(data, dict) or not isinstance(data.get("items"), list):
        raise UnreadableInput(
            f"{name} is JSON, but not a JSON Feed: it has no list of items.",
            mend="Give the address of the blog's feed.",
        )
    site_url = absolute_url(_text(data.get("home_page_url")), url)
    base = url or _text(data.get("feed_url")) or site_url
    authors, language = _authors(data), _text(data.get("language"))
    return Feed(
        title=_text(data.get("title")) or "",
        entries=tuple(
            _entry(item, base, authors, language)
            for item in data["items"]
            if isinstance(item, dict)
        ),
        url=url or _text(data.get("feed_url")),
        site_url=site_url,
        description=_text(data.get("description")),
        language=language,
        image=absolute_url(_text(data.get("icon")) or _text(data.get("favicon")), base),
        hub=_hub(data.get("hubs")),
    )


def _entry(
    item: dict[str, Any], base: str | None, authors: tuple[str, ...], language: str | None
) -> Entry:
    own_url = _text(item.get("url")) or _text(item.get("external_url"))
    url = absolute_url(own_url, base)
    html, plain = _text(item.get("content_html")), _text(item.get("content_text"))
    summary = _text(item.get("summary"))
    complete = bool(html or plain)
    html = absolute_html(
        html or paragraphs(escape(plain or summary or "", quote=False)), url or base
    )
    image = _text(item.get("image")) or _text(item.get("banner_image"))
    return Entry(
        url=url,
        title=plain_text(_text(item.get("title")) or ""),
        html=html,
        id=_text(item.get("id")),
        authors=_authors(item) or authors,
        published=_moment(item.get("date_published")),
        updated=_moment(item.get("date_modified")),
        tags=tuple(dict.fromkeys(filter(None, map(_text, _list(item.get("tags")))))),
        summary=summary,
        image=absolute_url(image or _attached_image(item), base) or first_image(html),
        language=_text(item.get("language")) or language,
        complete=complete,
    )


def _text(value: object) -> str | None:
    """A string that says something; numbers as ids are common, though the format forbids them."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(value).encode("utf-8", "replace").decode("utf-8")
    return text if text.strip() else None


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _moment(value: object) -> datetime | None:
    return moment(value) if isinstance(value, str) else None


def _authors(holder: dict[str, Any]) -> tuple[str, ...]:
    """The names; version 1.0 has one author, 1.1 a list."""
    people = _list(holder.get("authors")) or [holder.get("author")]
    names = (_text(person.get("name")) for person in people if isinstance(person, dict))
    return tuple(dict.fromkeys(name.strip() for name in names if name))


def _attached_image(item: dict[str, Any]) -> str | None:
    for attachment in _list(item.get("attachments")):
        if isinstance(attachment, dict):
            kind = _text(attachment.get("mime_type")) or ""
            if kind.startswith("image/"):
                return _text(attachment.get("url"))
    return None


def _hub(hubs: object) -> str | None:
    for hub in _list(hubs):
        if isinstance(hub, dict) and str(hub.get("type", "")).lower() == "websub":
            return _text(hub.get("url"))
    return None
