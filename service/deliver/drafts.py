"""A settled post read and rendered for every channel, outside any transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from service import pipeline
from service.deliver.listing import completed
from service.deliver.online import noted
from service.deliver.short_links import knowing_short_links
from service.errors import FetchError, UnreadableInput
from service.store import posts as stored_posts
from service.store import rulings
from service.store.nouns import revision_from
from service.store.tables import PostRow, SourceRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from service.deliver.publisher import Publisher
    from service.model import ChannelSettings, Finding, Place, Rendition, Revision, Ruling
    from service.pipeline import Shops
    from service.ports import Catalogue, Programme

#: states of a post whose copies are to be taken back: there is nothing to draft
TAKEN_BACK = ("gone", "skipped")


@dataclass(frozen=True, slots=True)
class Draft:
    """What was found in a post's newest content, where it speaks of books, and what each channel
    would carry."""

    revision_id: int
    settles_at: datetime | None
    findings: tuple[Finding, ...]
    renditions: tuple[tuple[ChannelSettings, Rendition], ...]
    places: tuple[Place, ...] = ()

    def is_of(self, post: PostRow) -> bool:
        """Whether the post is still what was drafted: not edited, nor ruled on, since."""
        return (post.revision_id, post.settles_at) == (self.revision_id, self.settles_at)


def draft(publisher: Publisher, post_id: int) -> Draft | None:
    """Read and render the post; None for one that is taken back.

    A post of which only a summary is known is fetched first. Raises FetchError, UnreadableInput,
    SettingsError.
    """
    _complete(publisher, post_id)
    with publisher.store.session() as session:
        post = session.get(PostRow, post_id)
        assert post is not None
        if post.state in TAKEN_BACK:
            return None
        row = stored_posts.newest_revision(session, post)
        revision = revision_from(row.content)
        settles_at = post.settles_at
        ruled = rulings.of_blog(session, publisher.owner)
    findings, renditions, programmes = _drafted(publisher, revision, ruled, publisher.blog.channels)
    places = pipeline.places(findings, publisher.document(revision), programmes)
    return Draft(row.id, settles_at, findings, renditions, places)


def preview(
    publisher: Publisher, revision: Revision, channels: Sequence[ChannelSettings]
) -> tuple[tuple[Finding, ...], list[Rendition]]:
    """What would be found in a post, and what these channels would carry, were it new."""
    with publisher.store.reading() as session:
        ruled = rulings.of_blog(session, publisher.owner)
    findings, renditions, _ = _drafted(publisher, revision, ruled, channels)
    return findings, [rendition for _, rendition in renditions]


def _drafted(
    publisher: Publisher,
    revision: Revision,
    ruled: tuple[Ruling, ...],
    channels: Sequence[ChannelSettings],
) -> tuple[tuple[Finding, ...], tuple[tuple[ChannelSettings, Rendition], ...], Sequence[Programme]]:
    findings, programmes = _findings(publisher, revision, ruled)
    renditions = tuple(
        (settings, _rendition(publisher, settings, revision, findings, programmes))
        for settings in channels
    )
    shops = pipeline.shops_for(publisher.blog, programmes)
    return as_done(findings, [each for _, each in renditions], shops), renditions, programmes


def as_done(
    findings: Sequence[Finding], renditions: Sequence[Rendition], shops: Shops
) -> tuple[Finding, ...]:
    """The findings as they fared: what no channel changes is kept, and says why."""
    changed = [(change.start, change.end) for each in renditions for change in each.changes]
    return tuple(
        finding
        if finding.decision not in ("link", "rewrite") or _is_touched(finding, changed)
        else replace(finding, decision="keep", why=(*finding.why, _why_kept(finding, shops)))
        for finding in findings
    )


def _is_touched(finding: Finding, changed: Sequence[tuple[int, int]]) -> bool:
    return any(start <= finding.end and finding.start <= end for start, end in changed)


def _why_kept(finding: Finding, shops: Shops) -> str:
    if finding.kind not in ("amazon_link", "shop_link"):
        return "not linked: it stands in a heading or a link, or its book is linked elsewhere"
    ids = {market for known in shops.tracking_ids.values() for market in known}
    if finding.marketplace and finding.marketplace not in ids:
        where = pipeline.id_setting(_programme_of(finding.marketplace, shops), finding.marketplace)
        return f"not tagged: no tracking id for {finding.marketplace}. {where}"
    return "not tagged: it is yours already, or no channel here may carry a tag"


def _programme_of(marketplace: str, shops: Shops) -> str:
    kinds = (each.kind for each in shops.programmes if marketplace in each.marketplaces)
    return next(kinds, "amazon")


def _complete(publisher: Publisher, post_id: int) -> None:
    with publisher.store.session() as session:
        post = session.get(PostRow, post_id)
        assert post is not None
        row = stored_posts.newest_revision(session, post)
        if row.complete or post.state in TAKEN_BACK:
            return
        revision = revision_from(row.content)
        patient = post.state != "settling" or _still_waits(session, publisher, post)
    try:
        whole = completed(publisher, revision)
    except (FetchError, UnreadableInput):
        if patient:
            raise
        # the feed's own words go out rather than nothing
        whole = revision
    with publisher.store.session() as session:
        post = session.get(PostRow, post_id)
        assert post is not None
        stored_posts.add_revision(session, post, whole, complete=True, now=publisher.now())


def _still_waits(session: Session, publisher: Publisher, post: PostRow) -> bool:
    """Whether a new post whose page can't be read may still wait for it: as long again as it had
    to stand unchanged."""
    row = session.get(SourceRow, post.source_id)
    settle = {each.name: each.settle for each in publisher.blog.sources}
    wait = settle.get(row.name, timedelta()) if row else timedelta()
    return publisher.now() - post.first_seen_at < 2 * wait


def _findings(
    publisher: Publisher, revision: Revision, ruled: tuple[Ruling, ...]
) -> tuple[tuple[Finding, ...], Sequence[Programme]]:
    """What the post says of books, and the shops, which now know where its short links lead.

    Online catalogues are asked about what stays open, where the blogger named some.
    Links with other people's tags wait, where the blogger wants to be asked.
    """

    document = publisher.document(revision)

    def scan(shops: Shops, catalogue: Catalogue) -> tuple[Finding, ...]:
        return pipeline.scan(
            document,
            programmes=shops.programmes,
            catalogue=catalogue,
            rulings=ruled,
            marketplace=publisher.blog.marketplace,
            thresholds=publisher.blog.thresholds,
        )

    findings = scan(publisher.shops, publisher.catalogue)
    shops = knowing_short_links(publisher, findings)
    if shops is not publisher.shops:
        findings = scan(shops, publisher.catalogue)
    if publisher.blog.online.catalogues:
        answers = publisher.online.answers(findings)
        if answers.found:
            findings = scan(shops, pipeline.looked_up(publisher.catalogue, answers.found))
        findings = noted(findings, answers.told)
    blog_shops = pipeline.shops_for(publisher.blog, shops.programmes)
    return pipeline.asked(findings, blog_shops, ruled), shops.programmes


def _rendition(
    publisher: Publisher,
    settings: ChannelSettings,
    revision: Revision,
    findings: tuple[Finding, ...],
    programmes: Sequence[Programme],
) -> Rendition:
    return pipeline.rendition(
        revision,
        findings,
        pipeline.shops_for(publisher.blog, programmes, settings),
        abilities=publisher.abilities(settings),
        channel=settings.name,
        blog=publisher.blog,
        mentions=settings.mentions,
        post_text=settings.post_text,
        confirmation=settings.rule,
    )
