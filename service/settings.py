"""Typed settings: bookplate.toml, the environment, defaults.

Environment variables override the file: BOOKPLATE_DATABASE_URL, BOOKPLATE_BLOG__SETTLE and so on.
Secrets are named in the file, never written into it: `{ env = "NAME" }`, `{ file = "path" }`,
`{ keyring = "name" }`.
"""

import re
from datetime import date, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from service.model import (
    Manners,
    OthersTags,
    SourceKind,
    Thresholds,
    Verdict,
)

_DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)?\s*")
_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, None: 1}


def duration(value: object) -> timedelta:
    """A span of time: "10m", "0s", "1h30m", or seconds as a number. Raises ValueError."""
    if isinstance(value, timedelta):
        return value
    try:
        seconds = _seconds(value)
        if seconds < 0:
            raise ValueError
        return timedelta(seconds=seconds)
    except (ValueError, OverflowError):
        raise ValueError(f'"{value}" is no span of time: write "10m", "2h" or "0s"') from None


def _seconds(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    text, seconds, position = str(value), 0.0, 0
    while match := _DURATION.match(text, position):
        seconds += float(match[1]) * _UNITS[match[2]]
        position = match.end()
    if position != len(text) or not text.strip():
        raise ValueError
    return seconds


Duration = Annotated[timedelta, BeforeValidator(duration)]


class Section(BaseModel):
    """A table of the file. A key that we don't know is an error: it is a misspelling."""

    model_config = ConfigDict(extra="forbid")


class BlogSection(Section):
    """[blog]: the blog whose posts go out."""

    url: str | None = Field(None, description="The blog's address; its feed is discovered.")
    feed: str | None = Field(None, description="The feed, where it is known.")
    title: str | None = Field(None, description="The blog's name, as letters and feeds show it.")
    language: str | None = Field(None, description='Its language, such as "en" or "de".')
    settle: Duration = Field(
        timedelta(minutes=10),
        description="A new post is announced once it has stood unchanged this long.",
    )
    hold_above: int = Field(
        5, ge=0, description="More new posts than this in one poll are held and asked about."
    )
    every: Duration = Field(timedelta(minutes=15), description="How often `serve` polls.")
    shops: tuple[str, ...] = Field(
        ("amazon",),
        min_length=1,
        description='The shops that new book links lead to, in order: "amazon", "bookshop_org", '
        "…; a second one with an id stands beside the first where it knows the book's ISBN-13.",
    )
    others_tags: OthersTags = Field(
        "replace",
        description="Other people's tags in your posts: replace them by yours, keep them, or ask.",
    )
    link_above: float = Field(
        Thresholds().link,
        ge=0,
        le=1,
        description="A book that is named without a link gets one from this confidence on.",
    )
    suggest_above: float = Field(
        Thresholds().suggest,
        ge=0,
        le=1,
        description="From this confidence on you are asked; below, nothing is said.",
    )


class FetchSection(Section):
    """[fetch]: the door to the outside web."""

    allow_private: tuple[str, ...] = Field(
        (), description="Hosts on this machine or network that may be fetched."
    )
    contact: str | None = Field(None, description="An address that goes into the user agent.")
    expand_short_links: bool = Field(
        True, description="Ask Amazon's shortener where amzn.to and the like lead, once for good."
    )
    parallel: int = Field(
        32, ge=1, le=64, description="How many requests are under way at once, at most."
    )
    per_host: int = Field(2, ge=1, le=16, description="How many of them to one host.")
    gap: Duration = Field(
        timedelta(milliseconds=500),
        description="The least time between two requests to one host; hosts in allow_private are "
        "asked at once.",
    )
    slowest: Duration = Field(
        timedelta(hours=2),
        description="`serve` asks a source that has been quiet less and less often, but this often "
        "at least.",
    )
    ignore_robots: tuple[str, ...] = Field(
        (), description="Hosts of your own, whose robots.txt is not meant for this program."
    )

    @property
    def manners(self) -> Manners:
        return Manners(self.parallel, self.per_host, self.gap, self.slowest, self.ignore_robots)


class OnlineSection(BaseModel):
    """[online]: catalogues on the web, asked about books that no other catalogue can settle.

    Off unless you name some. Keys beyond these are tables of one catalogue each, such as
    [online.googlebooks]: docs/catalogues.
    """

    model_config = ConfigDict(extra="allow")
    catalogues: tuple[str, ...] = Field(
        (), description="Which, in order: openlibrary, googlebooks, amazon_creators."
    )
    budget: int = Field(30, ge=0, description="At most so many requests a run.")


class SourceSection(Section):
    """[[source]]: a further way in."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", description="Its name.")
    kind: SourceKind = Field("feed", description="feed, page, sitemap, wordpress or webhook.")
    url: str | None = Field(
        None, description="The address of the feed, the index page, the sitemap or wp/v2/posts."
    )
    secret: Any = Field(None, description="A webhook's signing secret (whsec_…).", repr=False)
    settle: Duration | None = Field(None, description="As in [blog]; a webhook's default is 0s.")
    hold_above: int | None = Field(None, ge=0, description="As in [blog].")
    every: Duration | None = Field(None, description="As in [blog].")


class RuleSection(Section):
    """[channel.rule], below a [[channel]]: the shops' rule for it, as you confirmed or decided it.

    Without a verdict the rule pack's own is confirmed. Another one needs the reason, which is kept
    with each rendition; what a network's rules cost you is yours to answer for.
    """

    verdict: Verdict | None = Field(
        None, description="allowed, labelled, post_link or forbidden; the pack's own otherwise."
    )
    reason: str = Field("", description="Why: needed with a verdict.")
    confirmed: date | None = Field(None, description="The day on which you read the policy.")

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if self.verdict is not None and not self.reason.strip():
            raise ValueError('a verdict needs its reason = "…"')
        return self


class ChannelSection(BaseModel):
    """[[channel]]: a way out. Keys beyond these are the adapter's own: docs/channels."""

    model_config = ConfigDict(extra="allow")
    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", description="Its name.")
    kind: str = Field(description="The adapter: smtp, bluesky, mastodon, file, feed, …")
    mentions: Literal["link", "suggest", "off"] = Field(
        "link", description="What to do with books named, or asked to be bought, without a link."
    )
    post_text: str | None = Field(
        None,
        description="A social post's words: {title}, {excerpt}, {url}, {tags}, and {book}: the "
        "first paid link of the post, with its label, where the rules allow one.",
    )
    affiliate: dict[str, dict[str, str]] = Field(
        default_factory=dict,
        description="[channel.affiliate.amazon]: tracking ids for this channel alone.",
    )
    rule: RuleSection | None = Field(None, description="[channel.rule]: see there.")


class ServeSection(Section):
    """[serve]: the pages, webhooks and feeds of `bookplate serve`."""

    host: str = Field("127.0.0.1", description="The address to listen on.")
    port: int = Field(8080, ge=0, le=65535, description="The port to listen on.")
    password: Any = Field(
        None, description="For the pages; needed beyond this machine.", repr=False
    )
    max_body: int = Field(5_000_000, ge=1024, description="The largest webhook, in bytes.")
    public_url: str | None = Field(
        None,
        pattern=r"^https?://[^/?#]+(?:/[^?#]*)?$",
        description="Where the world reaches `serve`, https://…: with it, feeds that name a hub "
        "are pushed to us (WebSub), beside being polled.",
    )


class Settings(BaseSettings):
    """All of bookplate.toml."""

    model_config = SettingsConfigDict(
        env_prefix="BOOKPLATE_", env_nested_delimiter="__", extra="forbid"
    )
    blog: BlogSection = Field(default_factory=lambda: BlogSection.model_validate({}))
    fetch: FetchSection = Field(default_factory=lambda: FetchSection.model_validate({}))
    serve: ServeSection = Field(default_factory=lambda: ServeSection.model_validate({}))
    online: OnlineSection = Field(default_factory=lambda: OnlineSection.model_validate({}))
    affiliate: dict[str, dict[str, str]] = Field(
        default_factory=dict, description="A programme's tracking ids, one a marketplace."
    )
    marketplace: str = Field("amazon.com", description="Where links to mentioned books lead.")
    catalogue: str | None = Field(None, description="Books to know: an index, or JSON Lines.")
    source: list[SourceSection] = Field(default_factory=list)
    channel: list[ChannelSection] = Field(default_factory=list)
    database_url: str | None = Field(
        None, description="sqlite:///… or postgresql+psycopg://…; SQLite beside the file otherwise."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file (which comes as init values)."""
        return env_settings, init_settings
