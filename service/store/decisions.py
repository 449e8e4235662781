"""Why a post stands as it does, and why it did before: so many reasons are kept, and the first."""

from dataclasses import asdict, dataclass
from datetime import datetime

from service.store.tables import PostRow

#: reasons of a post that are kept beside the present one
MOST = 20


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of a post, and why."""

    at: datetime
    state: str
    reason: str


def decide(post: PostRow, state: str, reason: str, at: datetime) -> None:
    """Let the post stand so from now on."""
    _keep(post, _present(post))
    post.state, post.reason, post.decided_at = state, reason, at


def note(post: PostRow, reason: str, at: datetime) -> None:
    """Keep what was seen of the post and changes nothing of how it stands; once in a row."""
    last = post.earlier[-1]["reason"] if post.earlier else None
    if reason not in (post.reason, last):
        _keep(post, Decision(at, post.state, reason))


def decisions(post: PostRow) -> tuple[Decision, ...]:
    """All that is kept, the oldest first; the present one among them."""
    earlier = (
        Decision(datetime.fromisoformat(each["at"]), each["state"], each["reason"])
        for each in post.earlier or ()
    )
    return tuple(sorted((*earlier, _present(post)), key=lambda each: each.at))


def _present(post: PostRow) -> Decision:
    return Decision(post.decided_at or post.first_seen_at, post.state, post.reason)


def _keep(post: PostRow, decision: Decision) -> None:
    kept = [*(post.earlier or ()), asdict(decision) | {"at": decision.at.isoformat()}]
    post.earlier = kept if len(kept) <= MOST else [kept[0], *kept[1 - MOST :]]
