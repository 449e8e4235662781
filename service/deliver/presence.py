"""Posts that stood in a source and don't any more: deleted, or only rolled off?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from service.deliver.told import is_new
from service.errors import FetchError, Gone
from service.store.decisions import decide
from service.store.posts import LIVE

if TYPE_CHECKING:
    from datetime import timedelta

    from service.deliver.publisher import Publisher
    from service.deliver.told import Told
    from service.store.posts import Glance
    from service.store.tables import PostRow

#: the most pages asked, in one poll of a source, whether they are really gone
PAGES_A_POLL = 20

Presence = Literal["there", "missing", "gone", "unknown"]


def rolled_off(told: Told) -> tuple[list[Glance], list[Glance]]:
    """Of the posts that a listing has no more: (whose pages must be asked for, who just left).

    A feed is as long as it is: as many as came, the oldest leave it, and are not missing.
    """
    live = [each for each in told.absent if each.state in LIVE]
    room = sum(is_new(each) for each in told.sightings)
    stay = [each.entry.published for each in told.sightings if each.post_id is not None]
    stay += [date for _, date in told.passed.posts.values()]
    dates = [date for date in stay if date is not None]
    left: list[Glance] = []
    if dates and len(dates) == len(stay):
        undated = [each for each in live if each.published is None]
        dated = [each for each in live if each.published is not None and not undated]
        oldest = sorted(dated, key=lambda each: (each.published, each.id))
        for each in oldest[:room]:
            if each.published is None or each.published >= min(dates):
                break
            left.append(each)
    return [each for each in live if each not in left], left


def look(publisher: Publisher, url: str) -> Presence:
    """Whether the page of a post is there. Asks the outside."""
    try:
        publisher.door.get(url)
    except Gone as error:
        return "gone" if error.permanent else "missing"
    except FetchError:
        return "unknown"
    return "there"


def note_presence(
    publisher: Publisher, post: PostRow, presence: Presence, settle: timedelta
) -> bool:
    """Take what was learned of a post that its source lists no more; whether it is gone now.

    A 404 must last as long as a new post must stand: a site that is being rebuilt loses nothing.
    """
    now = publisher.now()
    if presence == "there":
        post.listed_at, post.missing_since = None, None
        if post.state == "settling" and post.settles_at is None:
            post.settles_at = now + settle
        return False
    if post.state == "settling":
        # what left the feed before it was announced waits whether it comes back
        post.settles_at, post.missing_since = None, post.missing_since or now
    if presence == "unknown":
        return False
    post.missing_since = post.missing_since or now
    if presence == "missing" and now - post.missing_since < settle:
        return False
    post.missing_since, post.listed_at = None, None
    if post.state in ("baseline", "held"):
        return False
    post.settles_at = now if post.state == "announced" else None
    decide(post, "gone", "Its page is gone: the post was deleted on the blog.", now)
    return True
