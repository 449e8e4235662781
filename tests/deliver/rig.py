"""A publisher in this process: a clock the test moves, channels that do what the test says."""

from __future__ import annotations

from collections import deque
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from service.deliver import rounds, send
from service.deliver.engine import Engine
from service.deliver.publisher import Publisher
from service.deliver.rounds import Round, Wishes
from service.model import Abilities, Blog, ChannelSettings, Published, Source
from service.store import views
from tests.workplace import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.model import Action, Rendition
    from service.ports import Channel, Receipts
    from service.store.engine import Store
    from service.store.views import DeliveryView, PostView, Waiting

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

LETTER = Abilities(form="letter", network="email")
SOCIAL = Abilities(
    form="short_text",
    network="mastodon",
    edit=True,
    delete=True,
    idempotency="readback",
    graphemes=500,
    url_length=23,
)
SITE = Abilities(form="article", network="own_site", edit=True, delete=True, idempotency="key")


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Call:
    """What a channel was asked to do."""

    action: Action
    key: str
    rendition: Rendition | None
    remote_id: str | None = None

    @property
    def shown(self) -> str:
        """The words that the rendition shows."""
        body = self.rendition.body if self.rendition else None
        return getattr(body, "text", "") or getattr(body, "html", "")


@dataclass
class Scripted:
    """A channel that notes what it is asked, and raises what `troubles` holds, one a call.

    `meanwhile` runs inside the next call: what happens while a rendition is on its way.
    """

    name: str
    abilities: Abilities
    calls: list[Call] = field(default_factory=list)
    troubles: deque[Exception | None] = field(default_factory=deque)
    meanwhile: Callable[[], object] | None = None
    kind: ClassVar[str] = "scripted"
    Options: ClassVar[type] = type(None)

    def verify(self) -> str:
        return "is a script"

    def publish(self, rendition: Rendition, key: str, receipts: Receipts) -> Published:
        self._do(Call("publish", key, rendition))
        return Published(f"{self.name}-{key}", f"https://{self.name}.example/{key}")

    def update(
        self, published: Published, rendition: Rendition, key: str, receipts: Receipts
    ) -> Published:
        self._do(Call("update", key, rendition, published.remote_id))
        return published

    def withdraw(self, published: Published, key: str, receipts: Receipts) -> None:
        self._do(Call("withdraw", key, None, published.remote_id))

    def _do(self, call: Call) -> None:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile:
            meanwhile()
        trouble = self.troubles.popleft() if self.troubles else None
        if trouble is not None:
            raise trouble
        self.calls.append(call)

    @property
    def actions(self) -> list[str]:
        return [each.action for each in self.calls]


class PromptEngine(Engine):
    """The engine without its database: what is submitted is done at once, in this thread."""

    def __init__(self, publisher: Publisher, slot: Any) -> None:
        super().__init__(publisher, slot)
        self._ended: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing was started."""

    def recover_the_dead(self) -> None:
        """Nobody else works here."""

    def _status(self, workflow: str) -> str | None:
        return "SUCCESS" if workflow in self._ended else None

    def _enqueue(self, delivery_id: int, channel: str, workflow: str) -> None:
        job = send.claim(self._publisher, delivery_id, workflow)
        if job is not None:
            send.record(self._publisher, job, send.hand_over(self._publisher, job), workflow)
        self._ended.add(workflow)


class Rig(Publisher):
    """A publisher whose channels are scripted, but for those of kind file and feed."""

    def __init__(self, blog: Blog, store: Store, directory: Path, clock: Clock) -> None:
        super().__init__(blog, store, directory, clock)
        self.clock = clock
        self.scripted: dict[str, Scripted] = {}

    def abilities(self, settings: ChannelSettings) -> Abilities:
        scripted = self.scripted.get(settings.name)
        return scripted.abilities if scripted else super().abilities(settings)

    def channel(self, name: str) -> Channel:
        self.settings_of(name)
        return self.scripted.get(name) or super().channel(name)

    def rehearsing(self, store: Store) -> Rig:
        other = Rig(self._configured, store, self.directory, self.clock)
        other.scripted = self.scripted
        return other

    def run(self, *posts: str, since: datetime | None = None, limit: int | None = None) -> Round:
        """What `bookplate run` does, a millisecond after whatever was before."""
        self.clock.forward(milliseconds=1)
        return rounds.run_once(self, Wishes(posts, since, limit), lambda _: None)

    def set_up(self, **changes: Any) -> None:
        """Change the blog's settings, as an edit of bookplate.toml would."""
        self._configured = replace(self._configured, **changes)
        self.blog = replace(self.blog, **changes)

    def settle(self, span: timedelta) -> None:
        (first, *others) = self.blog.sources
        self.set_up(sources=(replace(first, settle=span), *others))

    # ── what is remembered ───────────────────────────────────────────────────────────────

    def posts(self) -> dict[str, PostView]:
        """Slug → post."""
        with self.store.session() as session:
            found = views.posts(session, self.owner, limit=200)
        return {each.url.rstrip("/").rpartition("/")[2]: each for each in found}

    def delivery(self, channel: str, slug: str | None = None) -> DeliveryView:
        """The newest delivery of a channel, or the one of this post."""
        with self.store.session() as session:
            found = views.deliveries(session, self.owner, channel=channel)
        return next(each for each in found if slug is None or f"/{slug}/" in each.post_url)

    def outcomes(self, delivery_id: int) -> list[str]:
        with self.store.session() as session:
            found = views.delivery(session, self.owner, delivery_id)
        assert found is not None
        return [each.outcome for each in found[2]]

    def waiting(self) -> Waiting:
        with self.store.session() as session:
            return views.waiting(session, self.owner)


def rig(feed: str, store: Store, directory: Path, secret: str) -> AbstractContextManager[Rig]:
    """A publisher with a letter, a social channel, a file channel, and a webhook source "cms"."""
    channels = {"letter": LETTER, "social": SOCIAL}
    made = Rig(
        Blog(
            url=feed,
            title="Shelf by Shelf",
            language="en",
            tracking_ids={"amazon": {"amazon.com": "shelf-20"}},
            sources=(
                Source("blog", "feed", feed, settle=timedelta(0)),
                Source("cms", "webhook", secret=secret, settle=timedelta(0)),
            ),
            channels=(
                *(ChannelSettings(name, "scripted") for name in channels),
                ChannelSettings("drop", "file", {"directory": "drop"}),
            ),
            allow_private=("127.0.0.1",),
            catalogue=str(CATALOGUE),
        ),
        store,
        directory,
        Clock(),
    )
    made.scripted = {name: Scripted(name, can) for name, can in channels.items()}
    return made
