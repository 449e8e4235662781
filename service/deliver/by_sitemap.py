"""A source that is a sitemap: the pages it lists that are new, or that it says have changed.

A page that stood there at the first poll is old whenever it is read. So is one that has taken the
place of such a page and says itself that it is older than our first look: it only moved.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from service import archives
from service.deliver.poll import Listing, PageState
from service.errors import FetchError, Gone, Unreachable, UnreadableInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.deliver.poll import PollState
    from service.deliver.publisher import Publisher
    from service.ingest.fetch import Fetched
    from service.ingest.sitemap import Place
    from service.ingest.sitemap_walk import Sheet, Walk
    from service.model import Entry

#: the most pages that one poll reads; what is left is read by the next ones
PAGES_A_POLL = 50
#: pages that fail one after another before a site is left alone
_MOST_FAILURES = 5
#: how far the clocks and time zones of blogs are trusted
_MARGIN = timedelta(days=1)


def from_sitemap(publisher: Publisher, state: PollState) -> Listing:
    """What the sitemap lists now. Raises FetchError or UnreadableInput where it cannot be had."""
    root = state.feed_url
    assert root is not None
    walk = archives.sitemap_walk(root, _sheets(state.pages), publisher.door)
    poll = _Poll(publisher, state, walk)
    poll.read()
    rows = poll.rows()
    entries = (*poll.new.values(), *poll.old.values())
    moved = walk.moved_to or root
    quiet = not entries and not poll.failed and not walk.failed and rows == state.pages
    return Listing(
        replace(state, feed_url=moved, was_at=root, pages=rows),
        None if quiet else entries,
        touched=poll.touched(),
        pages=rows,
        page_of=(*poll.new, *poll.old),
        standing=len(poll.old),
        failed=(*walk.failed, *poll.failed),
        fresh=walk.fresh,
        moved_to=moved if moved != root else None,
        site_url=urljoin(root, "/"),
    )


class _Poll:
    """The pages of one poll. `new` and `old` are the posts read, by the address that is listed."""

    def __init__(self, publisher: Publisher, state: PollState, walk: Walk) -> None:
        assert state.feed_url is not None
        self._publisher, self._walk, self._since = publisher, walk, state.baseline_at
        self._before = {page.url: page for page in state.pages if page.within}
        self._is_first = not state.pages
        self._listed, self._certain = walk.listed(state.feed_url)
        self._is_permalink = archives.permalink_test(p.url for p in state.pages if p.post_id)
        left = self._before.keys() - self._listed.keys()
        self._some_left = any(self._before[url].post_id is None for url in left)
        self._now: dict[str, PageState] = {}
        self._put_off: set[str] = set()
        self._gone: set[str] = set()
        self.new: dict[str, Entry] = {}
        self.old: dict[str, Entry] = {}
        self.failed: list[str] = []

    def read(self) -> None:
        """Look at the pages that are new or have changed, as many as are polite."""
        due, failures = self._due(), 0
        for at, url in enumerate(due):
            if at >= PAGES_A_POLL or failures >= _MOST_FAILURES:
                self._put_off.update(due[at:])
                return
            failures = 0 if self._look(url) else failures + 1

    def _due(self) -> list[str]:
        """New pages, then changed ones of posts, then what else has changed."""
        due = [url for url, (place, _) in self._listed.items() if self._is_due(place)]
        return sorted(due, key=self._rank)

    def _is_due(self, place: Place) -> bool:
        known = self._before.get(place.url)
        if known is None:
            return True
        return place.modified is not None and _stamp(place) != known.stamp

    def _rank(self, url: str) -> int:
        known = self._before.get(url)
        return 0 if known is None else 1 if known.post_id is not None else 2

    def _look(self, url: str) -> bool:
        """Read a page; False where it can't be had for now."""
        known = self._before.get(url, PageState(url))
        is_post = known.post_id is not None
        try:
            fetched = self._publisher.door.get(
                url,
                etag=known.etag if is_post else None,
                last_modified=known.last_modified if is_post else None,
                scraping=True,
            )
            self._take(fetched, known)
        except Unreachable as error:
            self.failed.append(str(error))
            self._put_off.add(url)
            return False
        except Gone:
            self._gone.add(url)
            if url not in self._before:
                self._put_off.add(url)  # some sitemaps list a page before it is there
        except UnreadableInput:
            pass  # a picture, a document: no post
        except FetchError as error:
            self.failed.append(str(error))
        return True

    def _take(self, fetched: Fetched, known: PageState) -> None:
        if fetched.not_modified:
            return
        digest = hashlib.sha256(fetched.body).hexdigest()
        self._now[known.url] = replace(
            known, etag=fetched.etag, last_modified=fetched.last_modified, body_hash=digest
        )
        if known.post_id is not None and digest == known.body_hash:
            return
        likely = self._certain or known.post_id is not None or self._is_permalink(known.url)
        post = archives.sitemap_post(fetched, known.url, likely)
        if post is not None:
            (self.old if self._is_old(post, known.url) else self.new)[known.url] = post

    def _is_old(self, post: Entry, url: str) -> bool:
        known = self._before.get(url)
        if known is not None:
            return known.post_id is None
        if self._since is None or post.published is None:
            return False
        return self._some_left and post.published < self._since - _MARGIN

    # ── what is remembered ───────────────────────────────────────────────────────────────

    def rows(self) -> tuple[PageState, ...]:
        """Each sitemap, and the pages it lists behind it. One with pages that were put off is read
        anew next time, whatever it says."""
        pages: dict[str, list[PageState]] = {}
        unfinished = set()
        for url, (place, within) in self._listed.items():
            if url in self._put_off and not self._is_first:
                unfinished.add(within)
                if url not in self._before:
                    continue
                row = self._before[url]
            else:
                row = self._now.get(url) or self._before.get(url) or PageState(url)
                row = replace(row, stamp=_stamp(place) or row.stamp)
            pages.setdefault(within, []).append(replace(row, within=within))
        return tuple(
            row
            for sheet in self._walk.sheets
            for row in (_row(sheet, sheet.url in unfinished), *pages.get(sheet.url, ()))
        )

    def touched(self) -> frozenset[int]:
        """The posts of pages that are as they were."""
        read = self.new.keys() | self.old.keys() | self._gone
        listed = (self._before.get(url) for url in self._listed if url not in read)
        return frozenset(page.post_id for page in listed if page and page.post_id is not None)


def _stamp(place: Place) -> str | None:
    return place.modified.isoformat() if place.modified else None


def _row(sheet: Sheet, is_unfinished: bool) -> PageState:
    if is_unfinished:
        return PageState(sheet.url)
    stamp = sheet.modified.isoformat() if sheet.modified else None
    return PageState(sheet.url, sheet.etag, sheet.last_modified, sheet.digest, None, stamp)


def _sheets(pages: Sequence[PageState]) -> dict[str, Sheet]:
    """The sitemaps as the last poll left them."""
    places: dict[str, list[tuple[str, datetime | None]]] = {}
    for page in pages:
        if page.within is not None:
            places.setdefault(page.within, []).append((page.url, _moment(page)))
    return {
        page.url: archives.sitemap_sheet(
            page.url,
            places.get(page.url, ()),
            _moment(page),
            page.etag,
            page.last_modified,
            page.body_hash,
        )
        for page in pages
        if page.within is None
    }


def _moment(page: PageState) -> datetime | None:
    return datetime.fromisoformat(page.stamp) if page.stamp else None
