"""Sources are asked what they list, and pages whether they are still there: in threads."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.deliver import presence
from service.deliver.listing import listed
from service.deliver.poll import Listing, PageState, PollState
from service.deliver.poll_words import unreadable
from service.errors import BookplateError, FetchError, UnreadableInput

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from service.deliver.publisher import Publisher
    from service.deliver.readers import Readers
    from service.model import Source
    from service.store.tables import SourcePageRow, SourceRow

log = logging.getLogger("bookplate.polling")


@dataclass(frozen=True, slots=True)
class Asked:
    """A source that was asked at `at`, and what came of it. `row` is what was known before."""

    source: Source
    row: SourceRow
    at: datetime
    listing: Listing | None = None
    error: BookplateError | None = None

    @property
    def is_quiet(self) -> bool:
        """Whether the source answered, stands where it stood, and has nothing to tell."""
        if self.listing is None or self.listing.entries is not None:
            return False
        state = self.listing.state
        return self.row.baseline_at is not None and (state.feed_url, state.body_hash) == (
            self.row.feed_url,
            self.row.body_hash,
        )


@dataclass(frozen=True, slots=True)
class Looked:
    """A page that was looked for because its source lists it no more."""

    source: Source
    post_id: int
    found: presence.Presence


class Asking:
    """Asks for one round of polls. `rows` and `pages` are what the last ones left."""

    def __init__(
        self,
        publisher: Publisher,
        readers: Readers,
        rows: Mapping[str, SourceRow],
        pages: Mapping[int, Sequence[SourcePageRow]],
    ) -> None:
        self._publisher, self._readers = publisher, readers
        self._rows, self._pages = rows, pages

    def ask(self, source: Source) -> Asked:
        """Fetch what the source lists, and read it."""
        state = self._state(self._rows[source.name])
        at = self._publisher.now()
        return self._heard(
            source, at, lambda: listed(self._publisher, source, state, self._readers)
        )

    def read_whole(self, asked: Asked) -> Asked:
        """Read all that a source listed, also what was passed over."""
        assert asked.listing is not None
        assert asked.listing.whole is not None
        return self._heard(asked.source, asked.at, asked.listing.whole)

    def look(self, source: Source, post_id: int, url: str) -> Looked:
        """See whether a page is still there."""
        return Looked(source, post_id, presence.look(self._publisher, url))

    def _heard(self, source: Source, at: datetime, hear: Callable[[], Listing]) -> Asked:
        row = self._rows[source.name]
        try:
            return Asked(source, row, at, hear())
        except (FetchError, UnreadableInput) as error:
            return Asked(source, row, at, error=error)
        except Exception as error:
            log.exception("%s could not be read", source.name)
            return Asked(source, row, at, error=UnreadableInput(unreadable(source, error)))

    def _state(self, row: SourceRow) -> PollState:
        pages = tuple(
            PageState(
                page.url,
                page.etag,
                page.last_modified,
                page.body_hash,
                page.post_id,
                page.stamp,
                page.within,
            )
            for page in self._pages.get(row.id, ())
        )
        return PollState(
            row.feed_url,
            row.feed_kind,
            row.etag,
            row.last_modified,
            row.body_hash,
            pages,
            baseline_at=row.baseline_at,
            imprints=row.imprints,
        )
