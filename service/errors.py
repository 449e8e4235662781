"""Everything that can go wrong for a user. Each says what happened, to which thing, what to do.

BookplateError
├── UsageError            the words of a command are wrong (exit code 2)
├── SettingsError         bookplate.toml or a secret is missing or wrong
├── FetchError            something outside could not be had
│   ├── AddressRefused    a private, loopback or otherwise special address
│   ├── Disallowed        robots.txt forbids us this page
│   ├── TooLarge          more bytes, redirects or seconds than we take
│   ├── Gone              404 or 410: `permanent` tells which
│   └── Unreachable       no answer, or one that asks to come back later
├── UnreadableInput       a feed, page or file that is none
├── NoWayBack             a site has no way to its older posts, or not the one asked for
├── CatalogueError        a catalogue that can't be opened, read or made
├── LookupFailed          an online catalogue did not answer, or refused (carries the seconds)
├── StoreError            the database is busy, full, older or newer than this program
├── HookRefused           a webhook that we don't take (carries its HTTP status)
└── ChannelError          a channel did not do what was asked
    ├── TokenRejected     our credentials were refused: held until mended
    ├── RateLimited       come back later (carries the seconds)
    ├── ChannelUnreachable  no answer: tried again
    ├── RenditionRejected   the channel refuses this content: held, a person must look
    ├── RemoteGone        the copy at the channel no longer exists
    └── Unsure            an earlier attempt may have got through: a person must look
"""


class BookplateError(Exception):
    """What happened, to which thing; `mend` says what to do next."""

    mend: str = ""

    def __init__(self, what: str, *, mend: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        if mend is not None:
            self.mend = mend

    def __str__(self) -> str:
        return f"{self.what}\n  → {self.mend}" if self.mend else self.what


class UsageError(BookplateError):
    """The words of a command are wrong."""


class SettingsError(BookplateError):
    """bookplate.toml, or a secret it names, is missing or wrong."""


class FetchError(BookplateError):
    """Something outside could not be had. `url` is what was asked for."""

    def __init__(self, what: str, *, url: str, mend: str | None = None) -> None:
        super().__init__(what, mend=mend)
        self.url = url


class AddressRefused(FetchError):
    """The host stands at a private, loopback or otherwise special address."""

    mend = "If the host is yours, allow it: --allow-private HOST, or [fetch] allow_private."


class Disallowed(FetchError):
    """The site's robots.txt forbids programs like this one to read the page."""

    mend = (
        "If the site is yours, name its host in [fetch] ignore_robots; else follow its feed, "
        "or ask its owner."
    )


class TooLarge(FetchError):
    """More bytes, redirects or seconds than we take from one address."""


class Gone(FetchError):
    """The server says there is nothing (404), or nothing any more (410)."""

    def __init__(self, what: str, *, url: str, permanent: bool, mend: str | None = None) -> None:
        super().__init__(what, url=url, mend=mend)
        self.permanent = permanent


class Unreachable(FetchError):
    """No answer, a failing server, or one that asks to come back later."""

    mend = "It is asked again at the next poll; check the address if this stays."

    def __init__(
        self, what: str, *, url: str, retry_after: float | None = None, mend: str | None = None
    ) -> None:
        super().__init__(what, url=url, mend=mend)
        self.retry_after = retry_after


class UnreadableInput(BookplateError):
    """A feed, page or file that can't be read as one."""


class NoWayBack(BookplateError):
    """The site has no way to its older posts that we know, or not the one asked for."""

    mend = "Where there is a sitemap: bookplate backfill --from-sitemap --url ITS_ADDRESS"


class CatalogueError(BookplateError):
    """A catalogue of books can't be opened, read or made."""


class LookupFailed(BookplateError):
    """An online catalogue did not answer, or refused: the book stays as far as it was known.

    `retry_after`: for how many seconds it is not asked again.
    """

    mend = "It is asked again with a later run; nothing else waits for it."

    def __init__(
        self, what: str, *, retry_after: float | None = None, mend: str | None = None
    ) -> None:
        super().__init__(what, mend=mend)
        self.retry_after = retry_after


class StoreError(BookplateError):
    """The database is busy, full, unreachable, or of another version."""


class Overtaken(StoreError):
    """Another process wrote the same thing at the same moment, again and again. Nothing was
    lost."""

    def __init__(self) -> None:
        super().__init__(
            "Another Bookplate remembers the same things at this very moment.",
            mend="Run the same command again.",
        )


class HookRefused(BookplateError):
    """A webhook that we don't take. `status` is the HTTP status that says so."""

    def __init__(self, what: str, *, status: int, mend: str | None = None) -> None:
        super().__init__(what, mend=mend)
        self.status = status


class ChannelError(BookplateError):
    """A channel did not do what was asked."""


class TokenRejected(ChannelError):
    """The channel refused our credentials. The delivery is held; nothing was sent."""

    mend = "Make a new token, set it, then run: bookplate channels verify"


class RateLimited(ChannelError):
    """The channel asks to come back later: `retry_after` seconds, None if it did not say."""

    mend = "Nothing to do: it is sent again when the channel allows."

    def __init__(
        self, what: str, *, retry_after: float | None = None, mend: str | None = None
    ) -> None:
        super().__init__(what, mend=mend)
        self.retry_after = retry_after


class ChannelUnreachable(ChannelError):
    """No answer, or the channel itself failed. Nothing is known to have been sent."""

    mend = "It is tried again by itself; bookplate doctor checks the channel now."


class RenditionRejected(ChannelError):
    """The channel refuses this content. The delivery is held until a person looked."""

    mend = "Look at it with: bookplate deliveries show ID; then retry or cancel it."


class RemoteGone(ChannelError):
    """The copy at the channel does not exist any more, so it can't be changed."""


class Unsure(ChannelError):
    """An earlier attempt was cut off and may have got through: sending again could double it."""

    mend = "Look at the channel, then: bookplate deliveries retry ID, or cancel ID."
