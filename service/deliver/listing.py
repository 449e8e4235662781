"""What a source lists now: one conditional request for a feed, and the pages it leads to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from service import pipeline
from service.errors import FetchError, UnreadableInput
from service.model import Entry, Revision

if TYPE_CHECKING:
    from service.deliver.publisher import Publisher
    from service.ingest.fetch import Fetched
    from service.model import Page, Source

#: the most pages of a site without a feed that one poll looks at
PAGES_A_POLL = 50


@dataclass(frozen=True, slots=True)
class PollState:
    """What the last poll left: where the source really stands, and its validators."""

    feed_url: str | None = None
    feed_kind: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A source's posts as it tells them now; `entries` is None where nothing has changed.

    `failed` says which pages could not be had, `unread` are their addresses; `title` and
    `site_url` are the blog's own.
    """

    state: PollState
    entries: tuple[Entry, ...] | None
    failed: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    title: str | None = None
    site_url: str | None = None


def listed(publisher: Publisher, source: Source, state: PollState) -> Listing:
    """Ask the source. Raises FetchError or UnreadableInput."""
    if state.feed_url is None:
        state = _discovered(publisher, source)
    address = state.feed_url
    assert address is not None
    if state.feed_kind == "page":
        # an index that stays as it was says nothing of the pages it lists
        state = replace(state, etag=None, last_modified=None)
    fetched = publisher.door.get(address, etag=state.etag, last_modified=state.last_modified)
    if fetched.not_modified:
        return Listing(state, None)
    digest = hashlib.sha256(fetched.body).hexdigest()
    changed = digest != state.body_hash
    state = replace(
        state,
        feed_url=fetched.permanent_url or address,
        etag=fetched.etag,
        last_modified=fetched.last_modified,
        body_hash=digest,
    )
    if state.feed_kind == "page":
        return _from_pages(publisher, fetched, state)
    if not changed:
        return Listing(state, None)
    feed = pipeline.read_feed(
        fetched.body, url=fetched.url, content_type=fetched.headers.get("content-type")
    )
    language = feed.language or publisher.blog.language
    entries = tuple(_spoken(entry, language) for entry in feed.entries)
    return Listing(state, entries, title=feed.title or None, site_url=feed.site_url)


def _discovered(publisher: Publisher, source: Source) -> PollState:
    assert source.url is not None
    if source.kind == "page":
        return PollState(source.url, "page")
    found = pipeline.discover(source.url, publisher.door)
    return PollState(found.feed_url or found.site_url, found.kind)


def _spoken(entry: Entry, language: str | None) -> Entry:
    return entry if entry.language or language is None else replace(entry, language=language)


def _from_pages(publisher: Publisher, fetched: Fetched, state: PollState) -> Listing:
    entries, failed, unread = [], [], []
    links = pipeline.page_links(fetched.body, url=fetched.url)
    for link in links[:PAGES_A_POLL]:
        try:
            entries.append(page_entry(publisher, link))
        except (FetchError, UnreadableInput) as error:
            failed.append(str(error))
            unread.append(link)
    return Listing(state, tuple(entries), tuple(failed), tuple(unread))


def page_entry(publisher: Publisher, url: str) -> Entry:
    """The post at this address. Raises FetchError (Gone for 404 and 410) or UnreadableInput."""
    fetched = publisher.door.get(url)
    page = pipeline.extract(fetched.body, url=fetched.url, charset=fetched.charset)
    return _entry_of(page, url, publisher.blog.language)


def _entry_of(page: Page, url: str, language: str | None) -> Entry:
    return Entry(
        url=page.canonical_url or url,
        title=page.title or "",
        html=page.html,
        authors=page.authors,
        published=page.published,
        updated=page.updated,
        tags=page.tags,
        summary=page.summary,
        image=page.image,
        language=page.language or language,
    )


def completed(publisher: Publisher, revision: Revision) -> Revision:
    """The whole post, of which the feed told only a summary. Raises as `page_entry`.

    A page that says no more than the summary does is not the post.
    """
    entry = page_entry(publisher, revision.url)
    if len(pipeline.words_of(entry.html)) < len(pipeline.words_of(revision.html)):
        return revision
    return replace(
        revision,
        html=entry.html,
        summary=revision.summary or entry.summary,
        image=revision.image or entry.image,
        authors=revision.authors or entry.authors,
        language=revision.language or entry.language,
        tags=revision.tags or entry.tags,
        published=revision.published or entry.published,
    )


def revision_of(entry: Entry, source: Source) -> Revision:
    """The entry as a revision; without a permalink it hangs on its source's address."""
    url = entry.url or f"{source.url or source.name}#{entry.id or entry.title}"
    return Revision(
        url=url,
        title=entry.title,
        html=entry.html,
        authors=entry.authors,
        published=entry.published,
        updated=entry.updated,
        tags=entry.tags,
        summary=entry.summary,
        image=entry.image,
        language=entry.language,
    )
