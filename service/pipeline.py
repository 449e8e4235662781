"""The walk of one post: ingest → find → resolve → rewrite → render.

A post comes in as an entry of a feed, a page or a webhook. What it says about books is found, each
finding is resolved to a book, the post is rewritten by the rules of one channel, and rendered into
what that channel carries. Nothing here remembers or sends: `deliver` does.

Rooms with heavy imports are imported when they are walked through, so that light commands stay
light.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING, Literal

from service.rewrite import apply as apply_changes
from service.rewrite import id_setting
from service.rewrite import rewrite as rewrite_document
from service.rewrite import undo as undo_changes
from service.rulepack import STRICTEST_FIRST
from service.shops import (
    Shops,
    asked,
    rules,
    shop_links,
    shop_links_in_bytes,
    shops_for,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    import httpx2

    from service.explain import Explanation
    from service.ingest.discovery import Discovery
    from service.ingest.fetch import Fetcher
    from service.ingest.news import KnownPost, Sighting
    from service.model import (
        Abilities,
        Blog,
        Book,
        Change,
        Document,
        Entry,
        Feed,
        Finding,
        Imprints,
        Manners,
        Media,
        Page,
        Place,
        Rendition,
        Revision,
        Rewritten,
        Rule,
        RuleConfirmation,
        Ruling,
        Thresholds,
    )
    from service.ports import Catalogue, Programme
    from service.resolve.own import OwnBook

__all__ = [
    "Shops",
    "asked",
    "id_setting",
    "rules",
    "shop_links",
    "shop_links_in_bytes",
    "shops_for",
]

#: channels whose readers meet the post on the blogger's own ground
OWN_GROUND = "own_site"


# ── the walk ─────────────────────────────────────────────────────────────────────────────


def scan(
    document: Document,
    *,
    programmes: Sequence[Programme],
    catalogue: Catalogue,
    rulings: Sequence[Ruling] = (),
    marketplace: str | None = None,
    thresholds: Thresholds | None = None,
) -> tuple[Finding, ...]:
    """What the document says about books: findings in order, each resolved as far as known.

    Editions are chosen for the document's language, then for that of the `marketplace`.
    """
    from service.find import find, language_of
    from service.resolve import Reader, resolve

    reader = Reader(cache(partial(language_of, document)), marketplace)
    found = find(document, programmes, catalogue)
    return tuple(resolve(found, document, catalogue, rulings, reader, thresholds))


def explain(
    document: Document, phrase: str, *, programmes: Sequence[Programme], catalogue: Catalogue
) -> Explanation:
    """Why the phrase was found in the document, or not, at each place where it stands."""
    from service.explain import explain as explain_phrase

    return explain_phrase(document, phrase, programmes=programmes, catalogue=catalogue)


def rewrite(
    document: Document,
    findings: Sequence[Finding],
    shops: Shops,
    *,
    network: str = OWN_GROUND,
    mentions: Literal["link", "suggest", "off"] = "link",
    disclose: bool = False,
) -> tuple[Rewritten, Rule]:
    """The document for one kind of channel, and the strictest rule that it was rewritten by."""
    found = rules(document, findings, shops, network)
    rewritten = _rewritten(document, findings, shops, found, mentions, disclose)
    return rewritten, _strictest(rewritten, shops, found)


def _rewritten(
    document: Document,
    findings: Sequence[Finding],
    shops: Shops,
    rules: Mapping[str, Rule],
    mentions: Literal["link", "suggest", "off"],
    disclose: bool,
) -> Rewritten:
    return rewrite_document(
        document,
        findings,
        programmes=shops.programmes,
        tracking_ids=shops.tracking_ids,
        rules=rules,
        marketplace=shops.marketplace,
        mentions=mentions,
        disclose=disclose,
        shops=shops.wished,
        others_tags=shops.others_tags,
        own=shops.own,
    )


def _strictest(rewritten: Rewritten, shops: Shops, rules: Mapping[str, Rule]) -> Rule:
    """Of the rules of the shops that concern the document the strictest, the first of equals."""
    concerned = rewritten.concerned or shops.wished or tuple(rules)
    found = [rules[kind] for kind in concerned if kind in rules]
    return min(found, key=lambda each: STRICTEST_FIRST.index(each.verdict))


def apply(rewritten: Rewritten) -> str:
    """The document with its changes made."""
    return apply_changes(rewritten.source, rewritten.changes)


def undo(output: str, changes: Sequence[Change]) -> str:
    """The original, from a rewritten document and its report."""
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
    confirmation: RuleConfirmation | None = None,
) -> Rendition:
    """What would be sent to one channel, complete. Held where it breaks a shop's rule: which."""
    from service.render import render
    from service.rewrite.obeyed import broken_rule

    document = replace(revision.document, language=revision.language or blog.language)
    found = rules(document, findings, shops, abilities.network, confirmation)
    rewritten = _rewritten(document, findings, shops, found, mentions, True)
    rendered = render(
        revision,
        html=apply(rewritten),
        rewritten=rewritten,
        rule=_strictest(rewritten, shops, found),
        abilities=abilities,
        channel=channel,
        blog=blog,
        post_text=post_text,
    )
    broken = broken_rule(rendered.body, rewritten, shops.programmes, found)
    return replace(rendered, held=broken)


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


def own_catalogue(own: Iterable[OwnBook], others: Catalogue) -> Catalogue:
    """What the blogger linked or corrected, before another catalogue's books."""
    from service.resolve.own import OwnCatalogue

    return OwnCatalogue(own, others)


def own_book(book: Book, keys: Iterable[str], numbers: Iterable[str], corrected: bool) -> OwnBook:
    """A book of the blog's own, under these title keys and numbers."""
    from service.resolve.own import OwnBook

    return OwnBook(book, tuple(keys), tuple(numbers), corrected)


def looked_up(first: Catalogue, found: Mapping[str, Sequence[Book]]) -> Catalogue:
    """A catalogue, and behind it books found online, by title key."""
    from service.resolve.looked import LookedUp

    return LookedUp(first, found)


def unsettled(findings: Sequence[Finding]) -> Iterator[Finding]:
    """The mentions that a further catalogue might settle, each title once, the surest first."""
    from service.resolve.looked import unsettled as unsettled_of

    return unsettled_of(findings)


def fitting(books: Sequence[Book], finding: Finding) -> tuple[Book, ...]:
    """Those books that the finding means: of its title, and by its author where one is named."""
    from service.resolve.looked import fitting as fitting_of

    return fitting_of(books, finding)


def contradicted(book: Book, catalogue: Catalogue) -> Book | None:
    """What the catalogue has under the book's number, where that is plainly another book."""
    from service.resolve.disagreement import contradicted as told_otherwise

    return told_otherwise(book, catalogue)


def places(
    findings: Sequence[Finding], document: Document, programmes: Sequence[Programme]
) -> tuple[Place, ...]:
    """Where the document names and links books, as its resolved findings tell."""
    from service.resolve.places import places as places_of

    return places_of(findings, document, programmes)


def title_key(title: str) -> str:
    """What spellings of one main title share."""
    from service.resolve.titles import main_key

    return main_key(title)


def fetcher(
    *,
    allow_private: Sequence[str] = (),
    contact: str | None = None,
    manners: Manners | None = None,
) -> Fetcher:
    """The door to the outside web. A context manager."""
    from service.ingest.fetch import Fetcher

    return Fetcher(allow_private=allow_private, contact=contact, version=version(), manners=manners)


def channel_client(
    *, allow_private: Sequence[str] = (), contact: str | None = None
) -> httpx2.Client:
    """An HTTP client for channels, through the same address guard."""
    from service.ingest.fetch import guarded_client

    return guarded_client(allow_private=allow_private, contact=contact, version=version())


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds to wait by a Retry-After header."""
    from service.ingest.fetch import retry_after as seconds

    return seconds(value, now)


def language_of(document: Document) -> str:
    """The language that the document's readers read."""
    from service.find import language_of as spoken_in

    return spoken_in(document)


def read_feed(
    body: bytes,
    *,
    url: str | None = None,
    content_type: str | None = None,
    known: Imprints | None = None,
) -> Feed:
    """A feed of any format, without entries that came just as `known` ones did. Raises
    UnreadableInput."""
    from service.ingest.feeds import read_feed as read

    return read(body, url=url, content_type=content_type, known=known)


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
    from service.ingest.identity import keys as entry_keys

    return entry_keys(entry)


def quick_keys(entry: Entry) -> tuple[str, ...]:
    """Those of its keys that need no look at its words."""
    from service.ingest.identity import quick_keys as entry_keys

    return entry_keys(entry)


def tells_less(entry: Entry, revision: Revision) -> str | None:
    """Why an entry that differs from what we know says nothing new; None where it may."""
    from service.ingest.identity import tells_less as entry_tells_less

    return entry_tells_less(entry, revision)


def words_of(html: str) -> str:
    """The words that readers see of an HTML text."""
    from service.ingest.wording import plain_text

    return plain_text(html)


def fingerprint(entry: Entry) -> str:
    """What the entry says, as one value: equal as long as it says the same."""
    from service.ingest.news import fingerprint as entry_fingerprint

    return entry_fingerprint(entry)


def known_post(
    post_id: int, keys: frozenset[str], fingerprint: str, state: str, *, listed: bool = False
) -> KnownPost:
    """A post that we know, as `recognise` wants it."""
    from service.ingest.news import KnownPost

    return KnownPost(post_id, keys, fingerprint, state, listed)


def recognise(
    known: Sequence[KnownPost],
    entries: Sequence[Entry],
    *,
    first_poll: bool,
    hold_above: int,
    made: Sequence[Sequence[str]] | None = None,
    standing: int | None = None,
) -> list[Sighting]:
    """Which entries are new, changed, or known: each with its reason.

    `made` are the keys of each entry, where they are made already. Where the source lists all its
    posts, the last `standing` entries are old if they are unknown.
    """
    from service.ingest.news import recognise as recognise_entries

    return recognise_entries(
        known,
        entries,
        first_poll=first_poll,
        hold_above=hold_above,
        made=made,
        standing=standing,
    )


def version() -> str:
    """Our own version."""
    from importlib.metadata import version as installed

    return installed("bookplate")
