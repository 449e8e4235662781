"""Sources are asked, many at once; what they tell is remembered in batches.

Threads wait for servers and read what they send; this thread alone writes. Each batch is one
transaction, so a process that dies leaves every source either as it was before its poll or after.
"""

from __future__ import annotations

from functools import partial
from itertools import zip_longest
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from service.deliver.asking import Asked, Asking, Looked
from service.deliver.crew import Crew
from service.deliver.noting import Noting
from service.deliver.poll_words import why_not
from service.deliver.readers import Readers
from service.deliver.told import PollReport
from service.store import pages as stored_pages
from service.store import posts as stored_posts
from service.store import sources as stored

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from service.deliver.publisher import Publisher
    from service.model import Source
    from service.store.tables import SourceRow

#: a batch is written when it is this large, or when this many seconds brought no more
_BATCH, _BATCH_SECONDS = 200, 0.1
#: what threads may have brought and not been taken yet
_AHEAD = 200


def poll_all(
    publisher: Publisher,
    sources: Sequence[Source],
    tell: Callable[[str], None] = lambda _: None,
    *,
    again: Collection[str] = (),
    stopped: Callable[[], bool] = lambda: False,
) -> list[PollReport]:
    """Ask these sources now, whatever their schedule, and remember what they say.

    A source whose server asked to be left alone, or said that it is gone for good, is not asked:
    its report says so. Those named in `again` are asked all the same. `tell` hears how far it is;
    when `stopped` says so, what is not begun is left.
    """
    reports = {source.name: PollReport(source.name) for source in sources}
    with publisher.store.session() as session:
        rows = stored.source_rows(session, publisher.owner, sources)
        of_pages = [row.id for row in rows.values() if row.feed_kind not in stored.OF_FEEDS]
        pages = stored_pages.pages_of(session, of_pages)
        missing = stored_posts.missing(session, publisher.owner)
    wanted = _wanted(publisher, sources, rows, again, reports)
    hands = publisher.blog.manners.parallel
    with Readers() as readers, Crew[Asked | Looked](hands, _AHEAD) as crew:
        asking = Asking(publisher, readers, rows, pages)
        noting = Noting(publisher, asking, missing, reports)
        for source in wanted:
            crew.give(partial(asking.ask, source))
        while crew.outstanding and not stopped():
            tell(f"polling: {crew.outstanding} of {len(sources)} sources to go")
            for further in noting.note(crew.take(_BATCH, _BATCH_SECONDS)):
                crew.give(further)
    return [reports[source.name] for source in sources]


def _wanted(
    publisher: Publisher,
    sources: Sequence[Source],
    rows: dict[str, SourceRow],
    again: Collection[str],
    reports: dict[str, PollReport],
) -> list[Source]:
    """Those to be asked; reports say why the others are not."""
    now, wanted = publisher.now(), []
    for source in sources:
        why = None if source.name in again else why_not(rows[source.name], now)
        if why is None:
            wanted.append(source)
        else:
            reports[source.name].notes.append(why)
    return _by_turns(wanted)


def _by_turns(sources: Sequence[Source]) -> list[Source]:
    """One of each host by turns, so that no host keeps all threads waiting."""
    hosts: dict[str | None, list[Source]] = {}
    for source in sources:
        hosts.setdefault(urlsplit(source.url or "").hostname, []).append(source)
    turns = zip_longest(*hosts.values())
    return [source for turn in turns for source in turn if source is not None]
