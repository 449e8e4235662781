"""The words and tones in which pages tell of states, decisions, numbers and times."""

from datetime import datetime
from typing import Literal, NamedTuple

from service.model import Finding
from service.store.decisions import Decision
from service.store.views import DeliveryView, HookView, PostView

#: the four status colours, and none
Tone = Literal["good", "moving", "waits", "bad", "quiet"]


class Said(NamedTuple):
    """A state in a word, and the colour that says the same."""

    word: str
    tone: Tone


_POSTS: dict[str, Said] = {
    "baseline": Said("from before", "quiet"),
    "settling": Said("settling", "moving"),
    "announced": Said("announced", "good"),
    "held": Said("held", "waits"),
    "skipped": Said("left out", "quiet"),
    "gone": Said("gone", "quiet"),
}
_DELIVERIES: dict[str, Said] = {
    "planned": Said("planned", "moving"),
    "due": Said("due", "moving"),
    "sending": Said("being sent", "moving"),
    "held": Said("held", "waits"),
    "delivered": Said("delivered", "good"),
    "updated": Said("updated", "good"),
    "withdrawn": Said("withdrawn", "quiet"),
    "failed": Said("failed, tried again", "bad"),
    "dead": Said("given up", "bad"),
    "cancelled": Said("cancelled", "quiet"),
}
_DECISIONS: dict[str, Said] = {
    "link": Said("linked", "good"),
    "rewrite": Said("tagged as yours", "good"),
    "suggest": Said("waits for your word", "waits"),
    "keep": Said("kept as it was", "quiet"),
    "ignore": Said("left alone", "quiet"),
}
_KINDS = {
    "amazon_link": "Amazon link",
    "shop_link": "link to a shop",
    "book_link": "words that ask for a link",
    "book_mention": "book",
    "isbn": "ISBN",
}

_MAY: dict[str, tuple[str, ...]] = {
    "held": ("approve", "cancel"),
    "due": ("hold", "cancel"),
    "planned": ("hold", "cancel"),
    "failed": ("retry", "hold", "cancel"),
    "dead": ("retry", "cancel"),
    "cancelled": ("retry",),
    "delivered": ("withdraw",),
    "updated": ("withdraw",),
}


def post_state(post: PostView | Decision) -> Said:
    return _POSTS.get(post.state, Said(post.state, "quiet"))


def delivery_state(delivery: DeliveryView) -> Said:
    return _DELIVERIES.get(delivery.state, Said(delivery.state, "quiet"))


def decision(finding: Finding) -> Said:
    said = _DECISIONS[finding.decision]
    if finding.decision == "link" and finding.decided_by == "person":
        return Said("linked, as you said", said.tone)
    if finding.decision == "ignore" and finding.decided_by == "person":
        return Said("left alone, as you said", said.tone)
    return said


def kind(finding: Finding) -> str:
    return _KINDS[finding.kind]


def actions(delivery: DeliveryView) -> tuple[str, ...]:
    """What a person can do about a delivery now, the likeliest first."""
    return _MAY.get(delivery.state, ())


def name(finding: Finding) -> str:
    """What a finding is called in a list: the book's title, else its words."""
    return finding.title or finding.link_text or finding.text


def percent(confidence: float) -> str:
    """0.974 → "97 %"; only what is certain is 100 %."""
    rounded = round(confidence * 100)
    return f"{99 if rounded == 100 and confidence < 1 else rounded} %"


def day(moment: datetime | None) -> str:
    """The date where the service runs: 4 Nov 2026."""
    return f"{moment.astimezone():%-d %b %Y}" if moment else ""


def minute(moment: datetime | None) -> str:
    """Date and time where the service runs: 4 Nov 2026, 09:30 CET."""
    return f"{moment.astimezone():%-d %b %Y, %H:%M %Z}" if moment else ""


def counted(number: int, one: str, many: str) -> str:
    """1 post, 2 posts."""
    return f"{number:,} {one if number == 1 else many}".replace(",", "\u202f")


def hook_state(hook: HookView) -> Said:
    return Said("failed", "bad") if hook.state == "failed" else Said("waits to be tried", "moving")


def zone() -> str:
    """The name of the time zone in which pages tell the time."""
    return datetime.now().astimezone().tzname() or "UTC"
