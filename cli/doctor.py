"""bookplate doctor: what is wrong, and how to mend it."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import typer

from cli import tables
from cli.rules import outdated
from cli.workplace import ConfigOption
from service.errors import BookplateError

if TYPE_CHECKING:
    from pathlib import Path

    from service.configuration import Configuration
    from service.deliver.publisher import Publisher
    from service.model import Blog

#: less free space than this, in bytes, is told
_SPACE = 200_000_000
#: a clock that differs more than this from a server's, in seconds, breaks signatures
_CLOCK = 120
#: from so many titles on JSON Lines are slow to open
_MANY = 200_000
#: an index of this age lacks books that people write about
_OLD = timedelta(days=2 * 365)


class Sign(NamedTuple):
    """One thing that was looked at: `state` is ok, note or wrong."""

    what: str
    state: str
    words: str


def doctor(as_json: bool = typer.Option(False, "--json"), config: ConfigOption = None) -> None:
    """Check configuration, catalogue, database, clock, sources and channels; say how to mend what
    is wrong.

    Sends nothing. Example: bookplate doctor
    """
    signs = []
    out = tables.console()
    for sign in _examine(config):
        signs.append(sign)
        if not as_json:
            out.print(f"{sign.state:>5}  {sign.what}: {sign.words}", soft_wrap=True)
    wrong = sum(sign.state == "wrong" for sign in signs)
    if as_json:
        tables.print_json([sign._asdict() for sign in signs])
    elif wrong:
        out.print(f"{tables.plural(wrong, 'thing')} to mend.")
    else:
        out.print("All is well. Next: bookplate run")
    if wrong:
        raise typer.Exit(1)


def _examine(config: "Path | None") -> Iterator[Sign]:
    from service.configuration import load

    try:
        configuration = load(config)
        blog = configuration.blog
    except BookplateError as error:
        yield Sign("configuration", "wrong", str(error))
        return
    yield Sign("configuration", "ok", str(configuration.path))
    yield from _tracking_ids(blog)
    yield catalogue(blog.catalogue)
    yield from _space(configuration)
    yield from _at_work(configuration)


def _tracking_ids(blog: "Blog") -> Iterator[Sign]:
    from service.pipeline import id_setting

    for programme, ids in blog.tracking_ids.items():
        yield Sign(f"tracking ids, {programme}", "ok", ", ".join(ids) or "none")
    market = blog.marketplace
    if "amazon" in blog.shops and market not in blog.tracking_ids.get("amazon", {}):
        words = f"none for {market}, where links to books lead: they stay untagged"
        yield Sign("tracking ids", "note", f"{words}. {id_setting('amazon', market)}")


def catalogue(named: str | None) -> Sign:
    """How the configured catalogue is; None: the one that ships."""
    from pathlib import Path

    from service.catalogues import examined

    path = Path(named) if named else None
    try:
        shape = examined(path)
    except BookplateError as error:
        return Sign("catalogue", "wrong", str(error))
    words = f"{path or 'the installed one'}, {shape.titles:,} titles"
    if not shape.is_index and shape.titles > _MANY:
        mend = f"opens faster as an index: bookplate catalogue import {path} -o books.index"
        return Sign("catalogue", "note", f"{words}; it {mend}")
    if shape.made is None:
        return Sign("catalogue", "ok", words)
    words = f"{words}, made on {shape.made:%Y-%m-%d}"
    if datetime.now(UTC) - shape.made > _OLD:
        return Sign("catalogue", "note", f"{words}: newer books are not in it; build it again")
    return Sign("catalogue", "ok", words)


def _space(configuration: "Configuration") -> Iterator[Sign]:
    free = shutil.disk_usage(configuration.directory).free
    state = "ok" if free > _SPACE else "wrong"
    mend = "" if free > _SPACE else ": free some, nothing can be remembered without"
    yield Sign("disk", state, f"{free // 1_000_000} MB free{mend}")


def _at_work(configuration: "Configuration") -> Iterator[Sign]:
    from service.deliver.publisher import Publisher
    from service.store.engine import SCHEMA, open_store, shown

    try:
        store = open_store(configuration.database_url)
    except BookplateError as error:
        yield Sign("database", "wrong", str(error))
        return
    yield Sign("database", "ok", f"version {SCHEMA}, {shown(configuration.database_url)}")
    try:
        with Publisher(configuration.blog, store, configuration.directory) as publisher:
            yield from _sources(publisher)
            yield from _hubs(publisher)
            yield from _channels(publisher)
            for shop, words in outdated(publisher, datetime.now(UTC).date()):
                yield Sign(f"rules of {shop}", "note", words)
            yield from _stuck(publisher)
    finally:
        store.close()


def _sources(publisher: "Publisher") -> Iterator[Sign]:
    for source in publisher.blog.sources:
        what = f"source {source.name}"
        if source.kind == "webhook" or source.url is None:
            yield from _webhook(what, source.secret)
            continue
        try:
            fetched = publisher.door.get(source.url)
        except BookplateError as error:
            yield Sign(what, "wrong", str(error))
            continue
        yield Sign(what, "ok", f"{fetched.url} answers")
        yield from _clock(fetched.headers.get("date"))


def _hubs(publisher: "Publisher") -> Iterator[Sign]:
    """What became of the subscriptions that bookplate serve keeps (WebSub)."""
    from service.store import subscriptions

    with publisher.store.reading() as session:
        kept = subscriptions.of_blog(session, publisher.owner)
    for row, source in kept:
        until = f" until {row.expires_at:%Y-%m-%d %H:%M}" if row.expires_at else ""
        if row.state == "active":
            yield Sign(f"push {source.name}", "ok", f"{row.hub} pushes new posts{until}")
        else:
            yield Sign(f"push {source.name}", "note", f"{row.reason} It is polled as ever.")


def _webhook(what: str, secret: str | None) -> Iterator[Sign]:
    from standardwebhooks import Webhook
    from standardwebhooks.webhooks import EmptyWebhookSecretError

    try:
        Webhook(secret or "")
    except (ValueError, RuntimeError, EmptyWebhookSecretError) as error:
        mend = "use whsec_ and the base64 of 24 to 64 random bytes"
        yield Sign(what, "wrong", f"its secret is none: {error}; {mend}")
    else:
        yield Sign(what, "ok", "takes signed webhooks (bookplate serve)")


def _clock(date: str | None) -> Iterator[Sign]:
    from email.utils import parsedate_to_datetime

    if date is None:
        return
    try:
        theirs = parsedate_to_datetime(date)
    except ValueError:
        return
    off = abs((datetime.now(UTC) - theirs.astimezone(UTC)).total_seconds())
    if off > _CLOCK:
        yield Sign("clock", "wrong", f"{off:.0f} s from the blog's server: set this machine's")


def _channels(publisher: "Publisher") -> Iterator[Sign]:
    if not publisher.blog.channels:
        yield Sign("channels", "wrong", "none: posts go nowhere; add a [[channel]]")
    for channel in publisher.blog.channels:
        what = f"channel {channel.name}"
        try:
            yield Sign(what, "ok", publisher.channel(channel.name).verify())
        except BookplateError as error:
            yield Sign(what, "wrong", str(error))


def _stuck(publisher: "Publisher") -> Iterator[Sign]:
    from service.store import views

    with publisher.store.reading() as session:
        waiting = views.waiting(session, publisher.owner)
        hooks = views.hooks(session, publisher.owner)
        failing = views.deliveries(session, publisher.owner, state="failed")
    for hook in hooks:
        if hook.state == "failed":
            yield Sign(f"webhook {hook.webhook_id}", "note", hook.reason)
    for each in failing:
        yield Sign(f"delivery {each.id}", "note", f"{each.channel}: {each.reason}")
    if waiting.count:
        yield Sign("review", "note", tables.next_step(waiting))
