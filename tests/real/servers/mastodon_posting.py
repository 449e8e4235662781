"""Creating, editing and deleting statuses in the strict Mastodon fake."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.real.servers.mastodon_params import Params
from tests.real.servers.mastodon_rules import (
    MAX_MEDIA,
    RefusedError,
    check_attached,
    check_description,
    check_schedule,
    check_text,
    check_visibility,
    focus_of,
    not_found,
    unprocessable,
)
from tests.real.servers.mastodon_store import (
    Content,
    Entity,
    MediaItem,
    StatusItem,
    Store,
    stamp,
)

KEY_LIFETIME = timedelta(hours=1)


class Posting:
    """The operations that change statuses; each one either happens whole or not at all."""

    def __init__(self, store: Store, limit: int) -> None:
        self._store = store
        self._limit = limit

    def find(self, status_id: str) -> StatusItem:
        item = self._store.statuses.get(status_id)
        if item is None:
            raise not_found()
        return item

    def create(self, params: Params, key: str | None) -> Entity:
        earlier = self._earlier(key)
        if earlier is not None:
            return self._store.status(self.find(earlier))
        content = self._content(params, None)
        visibility = params.text("visibility") or "public"
        check_visibility(visibility)
        parent = params.text("in_reply_to_id") or None
        if parent is not None:
            self.find(parent)
        if params.text("scheduled_at"):
            return self._schedule(params, content)
        return self._publish(content, visibility, parent, key)

    def edit(self, status_id: str, params: Params) -> Entity:
        item = self.find(status_id)
        content = self._content(params, item)
        described = self._describe(params.objects("media_attributes"), content.media_ids)
        if content == item.content and not described:
            return self._store.status(item)
        item.edits.append((item.edited_at or item.created_at, item.content))
        self._attach(item, content)
        item.edited_at = datetime.now(UTC)
        return self._store.status(item)

    def delete(self, status_id: str) -> Entity:
        item = self.find(status_id)
        entity = self._store.status(item, source=True)
        del self._store.statuses[status_id]
        # The media may be used again in a new status ("delete and redraft").
        for key in item.content.media_ids:
            self._store.media[key].status_id = None
        return entity

    def _earlier(self, key: str | None) -> str | None:
        if key is None or key not in self._store.idempotency:
            return None
        moment, status_id = self._store.idempotency[key]
        return status_id if datetime.now(UTC) - moment < KEY_LIFETIME else None

    def _content(self, params: Params, edited: StatusItem | None) -> Content:
        if "poll" in params.values:
            raise RefusedError(501, "This fake has no polls")
        text = params.text("status") or ""
        spoiler_text = params.text("spoiler_text") or ""
        media = self._media(params.strings("media_ids"), edited)
        check_text(text, spoiler_text, has_media=bool(media), limit=self._limit)
        kept = edited.content.language if edited is not None else None
        return Content(
            text=text,
            spoiler_text=spoiler_text,
            sensitive=params.flag("sensitive") or bool(spoiler_text),
            language=params.text("language") or kept,
            media_ids=[item.id for item in media],
        )

    def _media(self, keys: list[str], edited: StatusItem | None) -> list[MediaItem]:
        if len(keys) > MAX_MEDIA:
            raise unprocessable(f"Cannot attach more than {MAX_MEDIA} files")
        owner = edited.id if edited is not None else None
        usable = {
            key: item
            for key, item in self._store.media.items()
            if item.status_id is None or item.status_id == owner
        }
        missing = [key for key in keys if key not in usable]
        if missing:
            raise unprocessable(f"Media {', '.join(missing)} not found or already attached")
        items = [usable[key] for key in keys]
        check_attached(items)
        return items

    def _describe(self, attributes: list[dict[str, object]], keys: list[str]) -> bool:
        """Apply media_attributes to the media of the status; whether anything changed."""
        changed = False
        for entry in attributes:
            item = self._store.media.get(str(entry.get("id")))
            if item is None or item.id not in keys:
                continue
            before = (item.description, item.focus)
            if "description" in entry:
                check_description(str(entry["description"]))
                item.description = str(entry["description"])
            if "focus" in entry:
                item.focus = focus_of(str(entry["focus"]))
            changed = changed or before != (item.description, item.focus)
        return changed

    def _publish(
        self, content: Content, visibility: str, parent: str | None, key: str | None
    ) -> Entity:
        now = datetime.now(UTC)
        item = StatusItem(self._store.next_id(), content, visibility, parent, now)
        self._attach(item, content)
        self._store.statuses[item.id] = item
        if key is not None:
            self._store.idempotency[key] = (now, item.id)
        return self._store.status(item)

    def _attach(self, item: StatusItem, content: Content) -> None:
        for key in item.content.media_ids:
            self._store.media[key].status_id = None
        for key in content.media_ids:
            self._store.media[key].status_id = item.id
        item.content = content

    def _schedule(self, params: Params, content: Content) -> Entity:
        moment = check_schedule(params.text("scheduled_at") or "")
        return {
            "id": self._store.next_id(),
            "scheduled_at": stamp(moment),
            "params": {"text": content.text, "visibility": params.text("visibility")},
            "media_attachments": self._store.attachments(content),
        }
