"""The three plugs that adapters fill: Channel, Catalogue, Programme."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    import httpx2

    from service.model import Abilities, Book, Published, Rendition, Rule, ShopLink


# ── shops ────────────────────────────────────────────────────────────────────────────────


class Programme(Protocol):
    """A shop's affiliate programme: its link grammar, its marketplaces, its tagging, its rules.

    Pure: no network, no state. `ids` maps a marketplace ("amazon.de") to the blogger's tracking
    id there.
    """

    @property
    def kind(self) -> str:
        """The shop's name among programmes, which is its file's name."""

    @property
    def names(self) -> tuple[str, ...]:
        """What people call the shop in running text, for tying "buy it on Amazon" to it."""

    @property
    def hosts(self) -> tuple[str, ...]:
        """Lower-case substrings, one of which every URL of the shop contains: a first sieve."""

    @property
    def marketplaces(self) -> tuple[str, ...]:
        """Every marketplace for which there may be a tracking id."""

    def read(self, url: str) -> ShopLink | None:
        """The link, read; None for a URL that is not this shop's. Never raises, linear time."""

    def tagged(self, link: ShopLink, ids: Mapping[str, str]) -> str | None:
        """The link with the blogger's tracking id; None where no id applies or none may be set."""

    def link_for(self, book: Book, marketplace: str, ids: Mapping[str, str]) -> str | None:
        """A tagged link to the book's product page, or to a search where no edition is known."""

    def rule(self, network: str, marketplaces: Iterable[str], language: str | None) -> Rule:
        """What the programme's policy says of links to these marketplaces on such a network."""


# ── knowing books ────────────────────────────────────────────────────────────────────────


class Catalogue(Protocol):
    """Knows books. Look-ups never raise for an unknown book; they give nothing."""

    def by_title(self, title: str) -> Sequence[Book]:
        """Books of this title or main title (case, punctuation, leading article don't matter)."""

    def by_isbn(self, isbn13: str) -> Book | None:
        """The book of this ISBN-13 (no separators)."""

    def by_asin(self, asin: str) -> Book | None:
        """The book of this ASIN."""


class BadRow(NamedTuple):
    """A row of an export that is no book: its line in the file, from 1, and why."""

    line: int
    why: str


class Export(Protocol):
    """Reads what another program or site exports of a library. Pure but for the file."""

    kind: ClassVar[str]
    #: what people call it, and where they get it
    about: ClassVar[str]

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether the file, which begins with `head`, is such an export."""

    def books(self, path: Path) -> Iterator[Book | BadRow]:
        """Its books, one a row. Raises UnreadableInput for a file that is none."""


class Ask(Protocol):
    """Asks an online service for JSON, as politely as it wants to be asked."""

    def __call__(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        json: object = None,
    ) -> Any:
        """What it answers; None where it has nothing (404). Raises LookupFailed."""


class LookupContext(NamedTuple):
    """What an online catalogue is handed: how to ask, and for whom. `tracking_id` is the blogger's
    at the `marketplace` ("amazon.com")."""

    ask: Ask
    marketplace: str
    tracking_id: str | None


class Lookup(Protocol):
    """An online catalogue: one file, one class, no waiting of its own.

    `Options` is a frozen dataclass: its keys below [online.KIND]. `pause` is the least time
    between two requests, in seconds; `keep_days` how long its answers may be kept.
    """

    kind: ClassVar[str]
    name: ClassVar[str]
    pause: ClassVar[float]
    keep_days: ClassVar[int]
    Options: ClassVar[type]

    def __init__(self, options: object, context: LookupContext) -> None: ...

    def find(self, title: str, authors: Sequence[str]) -> Sequence[Book]:
        """Books of this title, by one of these authors where any are named. Raises LookupFailed."""


# ── the world ────────────────────────────────────────────────────────────────────────────


class Receipts(Protocol):
    """What is known, across crashes, of the parts of one action (a recipient, a thread's post).

    A part that was begun but neither finished nor dropped was cut off: it may have got through.
    """

    def finished(self, part: str) -> str | None:
        """The remote id noted when the part was finished; None if it was not."""

    def cut_off(self, part: str) -> bool:
        """Whether an earlier attempt began this part and never learned how it ended."""

    def begin(self, part: str) -> None:
        """Durably note that the part is about to be handed over."""

    def finish(self, part: str, remote_id: str) -> None:
        """Durably note that the part got through."""

    def drop(self, part: str) -> None:
        """Durably note that the part is known not to have got through."""


class ChannelContext(NamedTuple):
    """What a channel is handed. `http` carries timeouts, user agent and the address guard;
    `directory` is where relative paths of its options start; `blog_*` name whose posts they are."""

    http: httpx2.Client
    directory: Path
    blog_url: str
    blog_title: str


@runtime_checkable
class Channel(Protocol):
    """A way out. One file, one class; no retry loop of its own: it raises ChannelErrors.

    `Options` is a frozen dataclass: the channel's own keys in bookplate.toml (name and kind are
    not among them). Secrets have `repr=False`.
    `key` is the idempotency key: the same for every try of the same action on the same content.
    """

    kind: ClassVar[str]
    abilities: Abilities
    Options: ClassVar[type]

    def __init__(self, name: str, options: object, context: ChannelContext) -> None: ...

    def verify(self) -> str:
        """Prove the credentials without posting; say in words as whom we would post."""

    def publish(self, rendition: Rendition, key: str, receipts: Receipts) -> Published:
        """Put it out. Repeated with the same key, it doubles nothing, or raises Unsure."""

    def update(
        self, published: Published, rendition: Rendition, key: str, receipts: Receipts
    ) -> Published:
        """Bring the copy up to date. Called only where abilities.edit; raises RemoteGone."""

    def withdraw(self, published: Published, key: str, receipts: Receipts) -> None:
        """Take the copy back. Called only where abilities.delete; one already gone is fine."""
