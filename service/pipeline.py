"""The walk of one post: ingest → find → resolve → rewrite → render.

A post comes in as an entry of a feed, a page or a webhook. What it says about books is found, each
finding is resolved to a book, the post is rewritten by the rules of one channel, and rendered into
what that channel carries. Nothing here remembers or sends: `deliver` does.

Rooms are imported when they are walked through, so that light commands stay light.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import httpx2

    from service.ingest.discovery import Discovery
    from service.ingest.fetch import Fetcher
    from service.ingest.news import KnownPost, Sighting
    from service.model import (
        Abilities,
        Blog,
        Change,
        Document,
        Entry,
        Feed,
        Finding,
        Media,
        Page,
        Rendition,
        Revision,
        Rewritten,
        Rule,
        Ruling,
    )
    from service.ports import Catalogue, Programme

#: channels whose readers meet the post on the blogger's own ground
OWN_GROUND = "own_site"


class Shops(NamedTuple):
    """The programmes, and the blogger's tracking ids: programme kind → marketplace → id."""

    programmes: Sequence[Programme]
    tracking_ids: Mapping[str, Mapping[str, str]]
    marketplace: str = "amazon.com"


# ── the walk ─────────────────────────────────────────────────────────────────────────────


def scan(
    document: Document,
    *,
    programmes: Sequence[Programme],
    catalogue: Catalogue,
    rulings: Sequence[Ruling] = (),
) -> tuple[Finding, ...]:
    """What the document says about books: findings in order, each resolved as far as known."""
    from service.find import find
    from service.resolve import resolve

    return tuple(resolve(find(document, programmes), document, catalogue, rulings))


def rewrite(
    document: Document,
    findings: Sequence[Finding],
    shops: Shops,
    *,
    network: str = OWN_GROUND,
    mentions: Literal["link", "suggest", "off"] = "link",
    disclose: bool = False,
) -> tuple[Rewritten, Rule]:
    """The document for one kind of channel, and the rule it was rewritten by."""
    from service.rewrite import rewrite as rewrite_document

    rule = _rule(document, findings, shops, network)
    rewritten = rewrite_document(
        document,
        findings,
        programmes=shops.programmes,
        tracking_ids=shops.tracking_ids,
        rule=rule,
        marketplace=shops.marketplace,
        mentions=mentions,
        disclose=disclose,
    )
    return rewritten, rule


def apply(rewritten: Rewritten) -> str:
    """The document with its changes made."""
    from service.rewrite import apply as apply_changes

    return apply_changes(rewritten.source, rewritten.changes)


def undo(output: str, changes: Sequence[Change]) -> str:
    """The original, from a rewritten document and its report."""
    from service.rewrite import undo as undo_changes

    return undo_changes(output, changes)


def rendition(
    revision: Revision,
    findings: Sequence[Finding],
    shops: Shops,
    *,
    abilities: Abilities,
    channel: str,
    blog: Blog,
    mentions: Literal["link", "suggest", "off"] = "link",
    post_text: str | None = None,
) -> Rendition:
    """What would be sent to one channel, complete."""
    from service.render import render

    rewritten, rule = rewrite(
        revision.document,
        findings,
        shops,
        network=abilities.network,
        mentions=mentions,
        disclose=True,
    )
    return render(
        revision,
        html=apply(rewritten),
        rewritten=rewritten,
        rule=rule,
        abilities=abilities,
        channel=channel,
        blog=blog,
        post_text=post_text,
    )


def _rule(document: Document, findings: Sequence[Finding], shops: Shops, network: str) -> Rule:
    """The first shop's rule that concerns this document: so far every shop is Amazon's."""
    marketplaces = {each.marketplace for each in findings if each.marketplace}
    marketplaces.add(shops.marketplace)
    return shops.programmes[0].rule(network, sorted(marketplaces), document.language)


def preview_page(
    revision: Revision, findings: Sequence[Finding], renditions: Sequence[Rendition]
) -> str:
    """What a post would become, as one self-contained HTML page."""
    from service.render.preview import preview_page as page

    return page(revision, findings, renditions)


# ── its first room, for those who stand outside ──────────────────────────────────────────


def catalogue(path: Path | None = None) -> Catalogue:
    """The books we know: a catalogue file's, or the installed ones."""
    from service.resolve import open_catalogue

    return open_catalogue(path)


def fetcher(*, allow_private: Sequence[str] = (), contact: str | None = None) -> Fetcher:
    """The door to the outside web. A context manager."""
    from service.ingest.fetch import Fetcher

    return Fetcher(allow_private=allow_private, contact=contact, version=version())


def channel_client(
    *, allow_private: Sequence[str] = (), contact: str | None = None
) -> httpx2.Client:
    """An HTTP client for channels, through the same address guard."""
    from service.ingest.fetch import guarded_client

    return guarded_client(allow_private=allow_private, contact=contact, version=version())


def read_feed(body: bytes, *, url: str | None = None, content_type: str | None = None) -> Feed:
    """A feed of any format. Raises UnreadableInput."""
    from service.ingest.feeds import read_feed as read

    return read(body, url=url, content_type=content_type)


def extract(html: bytes | str, *, url: str | None = None, charset: str | None = None) -> Page:
    """The post in a web page."""
    from service.ingest.pages import extract as extract_page

    return extract_page(html, url=url, charset=charset)


def revision_of_text(text: str, *, media: Media, url: str, name: str) -> Revision:
    """A post that lies in a file. Raises UnreadableInput for a page without a post."""
    from service.ingest.texts import revision_of_text as read

    return read(text, media=media, url=url, name=name)


def page_links(html: bytes | str, *, url: str) -> tuple[str, ...]:
    """The permalinks that an index page lists."""
    from service.ingest.pages import page_links as links

    return links(html, url=url)


def discover(url: str, door: Fetcher) -> Discovery:
    """The best way to follow the blog at this address."""
    from service.ingest.discovery import discover as find_way

    return find_way(url, door)


def keys(entry: Entry) -> tuple[str, ...]:
    """What identifies a post across feeds, pages and hooks."""
    from service.ingest.news import keys as entry_keys

    return entry_keys(entry)


def fingerprint(entry: Entry) -> str:
    """What the entry says, as one value: equal as long as it says the same."""
    from service.ingest.news import fingerprint as entry_fingerprint

    return entry_fingerprint(entry)


def known_post(post_id: int, keys: frozenset[str], fingerprint: str, state: str) -> KnownPost:
    """A post that we know, as `recognise` wants it."""
    from service.ingest.news import KnownPost

    return KnownPost(post_id, keys, fingerprint, state)


def recognise(
    known: Sequence[KnownPost], entries: Sequence[Entry], *, first_poll: bool, hold_above: int
) -> list[Sighting]:
    """Which entries are new, changed, or known: each with its reason."""
    from service.ingest.news import recognise as recognise_entries

    return recognise_entries(known, entries, first_poll=first_poll, hold_above=hold_above)


def version() -> str:
    """Our own version."""
    from importlib.metadata import version as installed

    return installed("bookplate")
