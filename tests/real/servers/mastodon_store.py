"""The state of the strict Mastodon fake, and its entities as Mastodon's API shows them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from itertools import count
from typing import Any

FIRST_ID = 115_000_000_000_000_000
LINK = re.compile(r"https?://[^\s<>\"]*[\w/=#+~-]")

Entity = dict[str, Any]


def stamp(moment: datetime | None) -> str | None:
    """A time as Mastodon writes it."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def html_of(text: str) -> str:
    """Plain text as the HTML that Mastodon makes of it: escaped, linked, in paragraphs."""

    def link(match: re.Match[str]) -> str:
        # The text is escaped already, so the address may be repeated as it is.
        address = match[0]
        return f'<a href="{address}" target="_blank" rel="nofollow noopener">{address}</a>'

    linked = LINK.sub(link, escape(text, quote=False))
    paragraphs = (part.replace("\n", "<br>") for part in re.split(r"\n{2,}", linked))
    return "".join(f"<p>{part}</p>" for part in paragraphs) if text else ""


@dataclass
class MediaItem:
    id: str
    kind: str
    description: str | None
    focus: tuple[float, float] | None
    address: str
    polls_left: int = 0
    status_id: str | None = None

    @property
    def processing(self) -> bool:
        return self.polls_left > 0

    def entity(self) -> Entity:
        meta = {"focus": {"x": self.focus[0], "y": self.focus[1]}} if self.focus else {}
        return {
            "id": self.id,
            "type": self.kind,
            "url": None if self.processing else self.address,
            "preview_url": self.address,
            "remote_url": None,
            "text_url": None,
            "meta": meta,
            "description": self.description,
            "blurhash": None,
        }


@dataclass
class Content:
    """What an edit replaces."""

    text: str
    spoiler_text: str
    sensitive: bool
    language: str | None
    media_ids: list[str]


@dataclass
class StatusItem:
    id: str
    content: Content
    visibility: str
    in_reply_to_id: str | None
    created_at: datetime
    edited_at: datetime | None = None
    edits: list[tuple[datetime, Content]] = field(default_factory=list)


@dataclass
class Store:
    """Everything that one account has on the server."""

    base_url: str
    username: str
    statuses: dict[str, StatusItem] = field(default_factory=dict)
    media: dict[str, MediaItem] = field(default_factory=dict)
    idempotency: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    _ids: count[int] = field(default_factory=lambda: count(FIRST_ID))

    account_id = "108000000000000001"

    def next_id(self) -> str:
        return str(next(self._ids))

    def account(self, *, own: bool = False) -> Entity:
        profile = f"{self.base_url}/@{self.username}"
        entity: Entity = {
            "id": self.account_id,
            "username": self.username,
            "acct": self.username,
            "display_name": self.username.title(),
            "locked": False,
            "bot": False,
            "created_at": "2024-01-01T00:00:00.000Z",
            "note": "",
            "url": profile,
            "uri": f"{self.base_url}/users/{self.username}",
            "avatar": f"{self.base_url}/avatars/original/missing.png",
            "header": f"{self.base_url}/headers/original/missing.png",
            "followers_count": 0,
            "following_count": 0,
            "statuses_count": len(self.statuses),
            "emojis": [],
            "fields": [],
        }
        if own:
            privacy = {"privacy": "public", "sensitive": False, "language": None}
            entity["source"] = {**privacy, "note": "", "fields": []}
        return entity

    def status(self, item: StatusItem, *, source: bool = False) -> Entity:
        content = item.content
        entity: Entity = {
            "id": item.id,
            "created_at": stamp(item.created_at),
            "edited_at": stamp(item.edited_at),
            "in_reply_to_id": item.in_reply_to_id,
            "in_reply_to_account_id": self.account_id if item.in_reply_to_id else None,
            "sensitive": content.sensitive,
            "spoiler_text": content.spoiler_text,
            "visibility": item.visibility,
            "language": content.language,
            "uri": f"{self.base_url}/users/{self.username}/statuses/{item.id}",
            "url": f"{self.base_url}/@{self.username}/{item.id}",
            "replies_count": 0,
            "reblogs_count": 0,
            "favourites_count": 0,
            "content": html_of(content.text),
            "reblog": None,
            "application": {"name": "Bookplate test", "website": None},
            "account": self.account(),
            "media_attachments": self.attachments(content),
            "mentions": [],
            "tags": [],
            "emojis": [],
            "card": None,
            "poll": None,
        }
        if source:
            entity["text"] = content.text
        return entity

    def history(self, item: StatusItem) -> list[Entity]:
        current = (item.edited_at or item.created_at, item.content)
        return [self._edit(*version) for version in [*item.edits, current]]

    def attachments(self, content: Content) -> list[Entity]:
        return [self.media[key].entity() for key in content.media_ids]

    def _edit(self, moment: datetime, content: Content) -> Entity:
        return {
            "content": html_of(content.text),
            "spoiler_text": content.spoiler_text,
            "sensitive": content.sensitive,
            "created_at": stamp(moment),
            "account": self.account(),
            "media_attachments": self.attachments(content),
            "emojis": [],
        }
