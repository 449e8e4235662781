"""A configuration that was read: bookplate.toml found and loaded, and the nouns that it makes.

Raises SettingsError that names the line or key, and what to do.
"""

import os
import re
import tomllib
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import SettingsError as UnreadableVariable

from service.errors import SettingsError
from service.model import (
    Blog,
    ChannelSettings,
    OnlineSettings,
    RuleConfirmation,
    Source,
    Thresholds,
)
from service.secrets import reveal
from service.settings import ChannelSection, OnlineSection, RuleSection, Settings, SourceSection

FILE_NAME = "bookplate.toml"

#: programme → (the shop's name, how its ids are spelt, how they look)
_TRACKING_IDS = {
    "amazon": (
        "Amazon",
        re.compile(r"[A-Za-z0-9_-]{1,40}-\d{2}"),
        '"example-20": see Amazon Associates, Account',
    ),
    "bookshop_org": (
        "Bookshop.org",
        re.compile(r"\d{1,12}"),
        '"12345": see Affiliate Profile at Bookshop.org',
    ),
}
_ANY_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")


class Configuration:
    """A configuration that was read: where it stands, what it says, the nouns it makes."""

    def __init__(self, path: Path, settings: Settings) -> None:
        self.path = path
        self.directory = path.parent
        self.settings = settings

    @property
    def database_url(self) -> str:
        """The database's URL; a relative SQLite path is relative to the configuration."""
        url = self.settings.database_url
        if url is None:
            return f"sqlite:///{self.directory / 'bookplate.db'}"
        if url.startswith("sqlite:///") and not url.startswith("sqlite:////"):
            return f"sqlite:///{self.directory / url.removeprefix('sqlite:///')}"
        if url.startswith("postgresql://"):
            return url.replace("postgresql://", "postgresql+psycopg://", 1)
        return url

    @property
    def blog(self) -> Blog:
        """The blog with its sources and channels, secrets revealed. Raises SettingsError."""
        section, settings = self.settings.blog, self.settings
        catalogue = settings.catalogue
        return Blog(
            url=self.blog_url,
            title=section.title,
            language=section.language,
            tracking_ids=_tracking_ids(settings.affiliate),
            marketplace=_marketplace(settings.marketplace),
            shops=section.shops,
            others_tags=section.others_tags,
            thresholds=Thresholds(section.link_above, section.suggest_above),
            sources=self.sources,
            channels=tuple(self._channel(each) for each in settings.channel),
            allow_private=settings.fetch.allow_private,
            expand_short_links=settings.fetch.expand_short_links,
            contact=settings.fetch.contact,
            manners=settings.fetch.manners,
            catalogue=str(self.directory / catalogue) if catalogue else None,
            online=self._online(settings.online),
        )

    def _online(self, section: OnlineSection) -> OnlineSettings:
        tables: dict[str, Any] = section.model_extra or {}
        for name, table in tables.items():
            if name not in section.catalogues or not isinstance(table, dict):
                raise SettingsError(
                    f"[online] has no setting {name} in {self.path}.",
                    mend=f'A table [online.{name}] needs "{name}" among its catalogues.',
                )
        return OnlineSettings(
            tuple(
                (kind, self._revealed(tables.get(kind, {}), f"online.{kind}"))
                for kind in dict.fromkeys(section.catalogues)
            ),
            section.budget,
        )

    def _revealed(self, options: dict[str, Any], where: str) -> dict[str, object]:
        return {
            key: reveal(value, self.directory, f"{where}: {key}")
            if isinstance(value, dict)
            else value
            for key, value in options.items()
        }

    @property
    def blog_url(self) -> str:
        """What identifies the blog: its address, else its feed's, else its first source's."""
        section = self.settings.blog
        url = section.url or section.feed
        if url is None and self.settings.source:
            first = self.settings.source[0]
            url = first.url or f"webhook:{first.name}"
        if url is None:
            raise SettingsError(
                f"{self.path} names no blog.", mend='Set url = "https://…" in [blog].'
            )
        return url

    @property
    def sources(self) -> tuple[Source, ...]:
        """The ways in. The blog's own is called "blog". Raises SettingsError."""
        section = self.settings.blog
        found = [self._source(each) for each in self.settings.source]
        url = section.feed or section.url
        if url:
            own = Source(
                "blog", "feed", url, None, section.settle, section.hold_above, section.every
            )
            found.insert(0, own)
        names = Counter(each.name for each in found)
        for name, times in names.items():
            if times > 1:
                raise SettingsError(
                    f'Two sources are called "{name}" in {self.path}.', mend="Rename one."
                )
        return tuple(found)

    @property
    def serve_password(self) -> str | None:
        value = self.settings.serve.password
        return None if value is None else reveal(value, self.directory, "serve.password")

    def _source(self, section: SourceSection) -> Source:
        blog = self.settings.blog
        where = f"source {section.name}"
        if section.kind == "webhook":
            if section.secret is None:
                raise SettingsError(
                    f"The webhook {where} has no secret.",
                    mend='Set secret = { env = "NAME" } and the variable to whsec_….',
                )
            secret = reveal(section.secret, self.directory, f"{where}: secret")
        elif not section.url:
            raise SettingsError(f"The {where} has no url.", mend='Set url = "https://…".')
        else:
            secret = None
        settle = timedelta(0) if section.kind == "webhook" else blog.settle
        return Source(
            name=section.name,
            kind=section.kind,
            url=section.url,
            secret=secret,
            settle=settle if section.settle is None else section.settle,
            hold_above=blog.hold_above if section.hold_above is None else section.hold_above,
            every=blog.every if section.every is None else section.every,
        )

    def _channel(self, section: ChannelSection) -> ChannelSettings:
        names = [each.name for each in self.settings.channel]
        if names.count(section.name) > 1:
            raise SettingsError(
                f'Two channels are called "{section.name}" in {self.path}.', mend="Rename one."
            )
        options = self._revealed(section.model_extra or {}, f"channel {section.name}")
        return ChannelSettings(
            section.name,
            section.kind,
            options,
            section.mentions,
            section.post_text,
            _tracking_ids(section.affiliate),
            _confirmation(section.rule),
        )


def _confirmation(section: RuleSection | None) -> RuleConfirmation | None:
    if section is None:
        return None
    day = section.confirmed.isoformat() if section.confirmed else None
    return RuleConfirmation(section.verdict, section.reason.strip(), day)


def _tracking_ids(affiliate: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Programme kind → marketplace → id, their spellings checked. Raises SettingsError."""
    for programme, ids in affiliate.items():
        for marketplace, tracking_id in ids.items():
            shop, pattern, example = _TRACKING_IDS.get(
                programme, (programme, _ANY_ID, '"example-1": letters, digits and hyphens')
            )
            if not pattern.fullmatch(tracking_id):
                raise SettingsError(
                    f'"{tracking_id}" is no {shop} tracking id ({marketplace}).',
                    mend=f"They look like {example}.",
                )
    return {
        programme: {_marketplace(market): tracking_id for market, tracking_id in ids.items()}
        for programme, ids in affiliate.items()
    }


def _marketplace(spelling: str) -> str:
    """amazon.de for "de", "amazon.de", "www.amazon.de"; other shops' domains stay."""
    name = spelling.lower().removeprefix("www.")
    if re.fullmatch(r"[a-z]{2,3}(\.[a-z]{2})?", name):
        return f"amazon.{name}"
    return name


def locate(path: Path | None = None) -> Path:
    """Where the configuration stands: the path given, $BOOKPLATE_CONFIG, or here."""
    if path is not None:
        return path
    named = os.environ.get("BOOKPLATE_CONFIG")
    return Path(named) if named else Path(FILE_NAME)


def load(path: Path | None = None) -> Configuration:
    """Read the configuration. Raises SettingsError that names the line or key and the mend."""
    found = locate(path).absolute()
    try:
        text = found.read_text("utf-8")
    except FileNotFoundError as error:
        raise SettingsError(
            f"There is no {found.name} in {found.parent}.",
            mend="Begin with: bookplate init https://your.blog/",
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{found} can't be read: {error}.", mend="Make it readable, and save it as UTF-8."
        ) from error
    try:
        return Configuration(found, Settings(**tomllib.loads(text)))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{found} is no TOML: {error}.", mend="Mend that line.") from error
    except ValidationError as error:
        raise _complaint(found, error) from error
    except UnreadableVariable as error:
        raise SettingsError(
            f"A BOOKPLATE_ variable is wrong: {error}.",
            mend="Unset it, or write a table as JSON; one key is BOOKPLATE_TABLE__KEY.",
        ) from error


def _complaint(path: Path, error: ValidationError) -> SettingsError:
    lines = []
    for each in error.errors(include_url=False, include_input=False):
        key = ".".join(str(part) for part in each["loc"])
        message = each["msg"].removeprefix("Value error, ")
        if each["type"] == "extra_forbidden":
            message = "there is no such setting"
        lines.append(f"  {key}: {message}")
    return SettingsError(
        f"{path} (or a BOOKPLATE_ variable) is wrong in:\n" + "\n".join(lines),
        mend="Every setting: docs/settings.md",
    )
