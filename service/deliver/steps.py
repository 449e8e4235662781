"""What is to be done next about a post at a channel: pure decisions."""

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta

from service.model import Abilities, Action

#: states of a copy that stands at the channel and that nothing is to be done about
STANDING = frozenset(("delivered", "updated"))
#: states in which no change was tried yet: the copy is what was sent last
_UNTRIED = STANDING | {"planned", "due"}
#: states that an edit does not end: a person decides, or the channel asked to wait
_WAITING = frozenset(("held", "failed", "dead", "cancelled"))

_FIRST_PAUSE = 30.0
_LONGEST_PAUSE = 6 * 3600.0
#: a delivery that failed this long is dead: a person must look
GIVE_UP_AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Step:
    """A delivery as it should stand: its state, what to do, under which key, and why."""

    state: str
    action: Action
    key: str
    reason: str
    digest: str
    sent_digest: str | None = None
    version: int = 0


def publish_key(blog: str, post_url: str, channel: str) -> str:
    """The idempotency key of the one publication of a post at a channel: 32 hex digits."""
    return _digest("publish", blog, post_url, channel)


def change_key(publish: str, action: Action, version: int, digest: str) -> str:
    """The key of the change that follows the `version`th success. Two changes never share one."""
    return _digest(action, publish, str(version), digest)


def _digest(*words: str) -> str:
    return hashlib.sha256("\x1f".join(words).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def first(publish: str, digest: str, held: str | None) -> Step:
    """A rendition that is new at the channel."""
    if held is not None:
        return Step("held", "publish", publish, held, digest)
    return Step("due", "publish", publish, "A new post.", digest)


def is_out_no_more(step: Step) -> bool:
    """Whether no copy stands and none will by itself: it was taken back, or never sent."""
    return step.state in ("withdrawn", "cancelled") and step.sent_digest is None


def again(step: Step, publish: str, digest: str, held: str | None) -> Step:
    """A post that was taken back is announced anew: another publication, under another key."""
    key = publish if step.version == 0 else change_key(publish, "publish", step.version, digest)
    return replace(first(key, digest, held), version=step.version)


def edited(step: Step, publish: str, digest: str, held: str | None, abilities: Abilities) -> Step:
    """The post's rendition became another (or not): what the delivery should be now."""
    if step.state == "sending":
        return replace(step, digest=digest)
    if step.sent_digest is None:
        return _before_publication(step, digest, held)
    if digest == step.sent_digest and step.state in _UNTRIED:
        reason = "The copy shows the post as it is."
        return replace(step, state=_standing(step), digest=digest, reason=reason)
    if not abilities.edit:
        state = step.state if step.state in _WAITING else _standing(step)
        reason = "It has changed since it was sent; this channel can't edit, so the copy stays."
        return replace(step, state=state, digest=digest, reason=reason)
    key = change_key(publish, "update", step.version, digest)
    changed = replace(step, action="update", key=key, digest=digest)
    if step.state in _WAITING:
        return changed
    if held is not None:
        return replace(changed, state="held", reason=held)
    return replace(changed, state="due", reason="It has changed since it was sent.")


def _before_publication(step: Step, digest: str, held: str | None) -> Step:
    if step.state in ("due", "held") and held is not None:
        return replace(step, state="held", reason=held, digest=digest)
    return replace(step, digest=digest)


def _standing(step: Step) -> str:
    return "updated" if step.version > 1 else "delivered"


def withdrawn(step: Step, publish: str, abilities: Abilities) -> Step:
    """The post was deleted, or the blogger takes it back."""
    if step.state in ("sending", "withdrawn"):
        return step
    if step.sent_digest is None:
        return replace(step, state="cancelled", reason="The post was deleted before it was sent.")
    if not abilities.delete:
        reason = "The post was deleted; what was sent here can't be taken back."
        return replace(step, state=_standing(step), reason=reason)
    key = change_key(publish, "withdraw", step.version, step.sent_digest)
    state = "failed" if step.state == "failed" else "due"
    return replace(step, state=state, action="withdraw", key=key, reason="The post was deleted.")


def pause(tries: int) -> timedelta:
    """How long to wait after this many tries in vain: 30 s, doubling, six hours at most."""
    return timedelta(seconds=min(_FIRST_PAUSE * 2 ** min(tries - 1, 20), _LONGEST_PAUSE))
