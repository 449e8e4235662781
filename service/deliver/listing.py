"""What a source lists now: one conditional request for a feed, and the pages it leads to."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from service import archives, pipeline
from service.deliver.by_sitemap import from_sitemap
from service.deliver.by_wordpress import from_wordpress
from service.deliver.imprints import remembered
from service.deliver.poll import Listing, PageState, PollState
from service.errors import FetchError, Gone, UnreadableInput
from service.model import Entry, Revision
from service.weblink import without_credentials

if TYPE_CHECKING:
    from service.deliver.publisher import Publisher
    from service.deliver.readers import Readers
    from service.ingest.fetch import Fetched
    from service.model import Imprints, Page, Source

#: the most pages of a site without a feed that one poll looks at
PAGES_A_POLL = 50
#: bytes of a feed that is not kept to be read again
_LARGE = 128 * 1024


def listed(publisher: Publisher, source: Source, state: PollState, readers: Readers) -> Listing:
    """Ask the source. Raises FetchError or UnreadableInput."""
    if state.feed_url is None:
        return _first_listing(publisher, source, readers)
    if state.feed_kind == "wordpress":
        return from_wordpress(publisher, state)
    if state.feed_kind == "sitemap":
        return from_sitemap(publisher, state)
    if state.feed_kind == "page" and not state.pages:
        state = replace(state, etag=None, last_modified=None)
    return _told(publisher, readers, *_fetched(publisher, state))


def _first_listing(publisher: Publisher, source: Source, readers: Readers) -> Listing:
    """The source's address may be that of a feed, of WordPress's API, of a sitemap, or of a blog
    that says what it has."""
    assert source.url is not None
    kind, address = archives.followed_as(source.kind, source.url, publisher.door)
    if kind != "feed":
        return listed(publisher, source, PollState(address, kind), readers)
    if "://" in address:
        fetched, state = _fetched(publisher, PollState(address, "feed"))
        if archives.is_sitemap(fetched.body):
            return from_sitemap(publisher, PollState(address, "sitemap"))
        with suppress(UnreadableInput):
            return _told(publisher, readers, fetched, state)
    found = pipeline.discover(address, publisher.door)
    state = PollState(found.feed_url or found.site_url, found.kind)
    return listed(publisher, source, state, readers)


def _fetched(publisher: Publisher, state: PollState) -> tuple[Fetched, PollState]:
    """What stands at the source's address now, and the state after it."""
    address = state.feed_url
    assert address is not None
    fetched = publisher.door.get(
        address,
        etag=state.etag,
        last_modified=state.last_modified,
        scraping=state.feed_kind == "page",
    )
    moved = replace(state, feed_url=fetched.permanent_url or address, was_at=address)
    if fetched.not_modified:
        return fetched, moved
    return fetched, replace(
        moved,
        etag=fetched.etag,
        last_modified=fetched.last_modified,
        body_hash=hashlib.sha256(fetched.body).hexdigest(),
        hash_before=state.body_hash,
    )


def _told(publisher: Publisher, readers: Readers, fetched: Fetched, state: PollState) -> Listing:
    if state.feed_kind == "page":
        listing = _from_pages(publisher, fetched, state)
    elif fetched.not_modified or state.body_hash == state.hash_before:
        listing = Listing(state, None)
    else:
        listing = _from_feed(publisher, readers, fetched, state)
    return _noted(listing, fetched, state)


def _noted(listing: Listing, fetched: Fetched, state: PollState) -> Listing:
    moved_to = state.feed_url if state.feed_url != state.was_at else None
    return replace(listing, fresh=fetched.fresh, moved_to=moved_to)


def _from_feed(
    publisher: Publisher, readers: Readers, fetched: Fetched, state: PollState
) -> Listing:
    """What is new in it, or changed."""
    before = remembered(state.imprints)
    listing = _read(publisher, readers, fetched, state, before.imprints)
    passed = before.passed(listing.imprints)
    if not passed.posts:
        return listing
    return replace(
        listing,
        passed=passed,
        touched=frozenset(post for post, _ in passed.posts.values()),
        whole=partial(
            _whole, publisher, readers, fetched if len(fetched.body) <= _LARGE else None, state
        ),
    )


def _whole(
    publisher: Publisher, readers: Readers, fetched: Fetched | None, state: PollState
) -> Listing:
    """All of it: what was `fetched`, or else what stands there now."""
    if fetched is None:
        unconditional = replace(state, etag=None, last_modified=None)
        fetched, now = _fetched(publisher, unconditional)
        state = replace(now, was_at=state.was_at)
    return _noted(_read(publisher, readers, fetched, state, None), fetched, state)


def _read(
    publisher: Publisher,
    readers: Readers,
    fetched: Fetched,
    state: PollState,
    known: Imprints | None,
) -> Listing:
    language = publisher.blog.language
    feed = readers.read(fetched.body, fetched.url, fetched.content_type, language, known)
    return Listing(
        state,
        feed.entries,
        keys=feed.keys,
        imprints=feed.imprints,
        title=feed.title,
        site_url=feed.site_url,
    )


# ── sources without a feed ───────────────────────────────────────────────────────────────


def _from_pages(publisher: Publisher, index: Fetched, state: PollState) -> Listing:
    known = {page.url: page for page in state.pages}
    links, beyond = tuple(known), 0
    if not index.not_modified:
        links = pipeline.page_links(index.body, url=index.url)
        links, beyond = links[:PAGES_A_POLL], max(0, len(links) - PAGES_A_POLL)
    entries: list[Entry] = []
    pages: list[PageState] = []
    page_of, failed, unread, gone = [], [], [], set()
    for link in links:
        before = known.get(link, PageState(link))
        try:
            page, entry = _page(publisher, before)
        except (FetchError, UnreadableInput) as error:
            failed.append(str(error))
            unread.append(link)
            pages.append(before)
            if isinstance(error, Gone):
                gone.add(link)
            continue
        pages.append(page)
        if entry is not None:
            entries.append(entry)
            page_of.append(link)
    state = replace(state, pages=tuple(pages))
    if not entries and not failed and links == tuple(known):
        return Listing(state, None)
    other = gone | set(page_of)
    touched = frozenset(
        page.post_id for page in pages if page.post_id is not None and page.url not in other
    )
    return Listing(
        state,
        tuple(entries),
        touched=touched,
        pages=tuple(pages),
        page_of=tuple(page_of),
        failed=tuple(failed),
        unread=tuple(unread),
        beyond=beyond,
    )


def _page(publisher: Publisher, before: PageState) -> tuple[PageState, Entry | None]:
    """A page as it is now, and its post: None where it is the one it was."""
    known = before.post_id is not None
    fetched = publisher.door.get(
        before.url,
        etag=before.etag if known else None,
        last_modified=before.last_modified if known else None,
        scraping=True,
    )
    if fetched.not_modified:
        return before, None
    digest = hashlib.sha256(fetched.body).hexdigest()
    page = PageState(before.url, fetched.etag, fetched.last_modified, digest, before.post_id)
    if known and digest == before.body_hash:
        return page, None
    return page, _read_page(publisher, fetched, before.url)


def page_entry(publisher: Publisher, url: str, *, scraping: bool = False) -> Entry:
    """The post at this address. Raises FetchError (Gone for 404 and 410) or UnreadableInput.

    `scraping` where nobody asked for this very page: robots.txt has a say then.
    """
    return _read_page(publisher, publisher.door.get(url, scraping=scraping), url)


def _read_page(publisher: Publisher, fetched: Fetched, url: str) -> Entry:
    page = pipeline.extract(fetched.body, url=fetched.url, charset=fetched.charset)
    return _entry_of(page, without_credentials(url), publisher.blog.language)


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
    entry = page_entry(publisher, revision.url, scraping=True)
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
    place = without_credentials(source.url or source.name)
    url = entry.url or f"{place}#{entry.id or entry.title}"
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
