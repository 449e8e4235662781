"""A blog with something in every state: what tests of pages and JSON look at."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from sqlalchemy.orm import Session

from service.deliver.publisher import Publisher
from service.model import (
    Article,
    Blog,
    Card,
    Change,
    ChannelSettings,
    Decision,
    Finding,
    FindingKind,
    Letter,
    Rendition,
    Revision,
    Rule,
    ShortText,
    Source,
    TextLink,
)
from service.store import posts as stored
from service.store import sources as stored_sources
from service.store.engine import open_store
from service.store.nouns import findings_json, rendition_json
from service.store.tables import AttemptRow, DeliveryRow, PostRow

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
SECRET = "whsec_Ym9va3BsYXRlLXRlc3Qtc2VjcmV0LTEyMzQ="
BLOG = Blog(
    url="https://shelf.example/",
    title="The Slow Shelf",
    language="en",
    tracking_ids={"amazon": {"amazon.com": "slowshelf-20"}},
    sources=(
        Source("blog", "feed", "https://shelf.example/feed.xml"),
        Source("cms", "webhook", secret=SECRET, settle=timedelta(0)),
    ),
    channels=(
        ChannelSettings("letter", "smtp", {"host": "127.0.0.1"}),
        ChannelSettings("bluesky", "bluesky", {"handle": "shelf.example"}),
        ChannelSettings("drop", "file", {"directory": "outbox/drop"}),
        ChannelSettings("site", "feed", {"directory": "outbox/site"}),
    ),
)

WINTER = """<p>The kettle has been on since four. On mornings like this I read with my feet on the
stove and do not apologise to anybody.</p>
<p>I have come back to <em>The Summer Book</em> by Tove Jansson, as I do whenever the pond freezes.
It is a book about an island, a child and an old woman who smokes, and nothing much happens in it
but weather. My sister, who lends me everything, swears by <i>Stoner</i> instead, and says that I
only dislike it because I once was one.</p>
<h2>What else is on the sill</h2>
<p>My copy of <a href="https://www.amazon.com/dp/0140449264?tag=someone-20">The Count of Monte
Cristo</a> props the window open. It has done so for two winters and is none the worse for it.</p>
<figure><img src="https://shelf.example/sill.jpg" alt="A window sill with a thick paperback that
keeps the window open a hand wide."><figcaption>It earns its keep.</figcaption></figure>
<blockquote><p>Nobody ever finished a long book by counting its pages.</p></blockquote>
<p>A neighbour lent me It, which is longer than the road to the harbour and about as well lit. The
German edition is <a href="https://www.amazon.de/dp/3453435779">over here</a>, for those
who ask.</p>
<p>And yes, <em>The Summer Book</em> again, for the walk home.<script>alert(1)</script></p>"""
FOUND_THERE: tuple[tuple[str, int, FindingKind, Decision, float, str | None, tuple[str, ...]], ...]
FOUND_THERE = (
    ("The Summer Book", 1, "book_mention", "link", 0.974, "The Summer Book", ("Tove Jansson",)),
    ("Stoner", 1, "book_mention", "suggest", 0.71, "Stoner", ("John Williams",)),
    (
        "https://www.amazon.com/dp/0140449264?tag=someone-20",
        1,
        "amazon_link",
        "rewrite",
        1.0,
        "The Count of Monte Cristo",
        ("Alexandre Dumas",),
    ),
    ("It", 4, "book_mention", "suggest", 0.62, "It", ("Stephen King",)),
    ("the road", 1, "book_mention", "ignore", 0.08, "The Road", ("Cormac McCarthy",)),
    ("https://www.amazon.de/dp/3453435779", 1, "amazon_link", "keep", 1.0, None, ()),
    ("The Summer Book", 2, "book_mention", "link", 0.974, "The Summer Book", ("Tove Jansson",)),
)
WHY = {
    "The Summer Book": ("in italics", "“by” and a name follow", "known to the catalogue"),
    "Stoner": ("in italics", "a single word", "a person’s verdict follows"),
    "It": ("a single word", "“lent me” stands before", "no author near"),
    "The Road": ("written like a sentence", "no author near"),
    "The Count of Monte Cristo": ("an Amazon link", "somebody else’s tag stands in it"),
    None: ("an Amazon link", "you have no tracking id for amazon.de"),
}


def publisher(directory: Path) -> Publisher:
    """The blog at work in this folder, with an empty store."""
    store = open_store(f"sqlite:///{directory / 'bookplate.db'}")
    return Publisher(BLOG, store, directory, lambda: NOW)


def fill(at: Publisher) -> None:
    """Put a post into every state, and a delivery into every state."""
    owner = at.owner
    with at.store.session() as session:
        feed = stored_sources.source_row(session, owner, BLOG.sources[0])
        feed.polled_at, feed.next_poll_at = NOW, NOW + timedelta(minutes=15)
        feed.baseline_at = NOW - timedelta(days=30)
        stored_sources.source_row(session, owner, BLOG.sources[1])
        shelf = _Shelf(session, owner, feed.id)
        shelf.old("On lending", 40)
        shelf.old("Paper weights, considered", 36)
        apples = shelf.post(
            "Apples, mostly", 12, "<p>There is no book in this one, only apples.</p>", "announced"
        )
        shelf.sent(apples, "drop", "file", "delivered", "A new post.")
        winter = shelf.post("What I read with my feet on the stove", 2, WINTER, "announced")
        shelf.found(winter, findings_of(WINTER))
        shelf.sent(winter, "letter", "smtp", "delivered", "A new post.")
        shelf.sent(
            winter,
            "bluesky",
            "bluesky",
            "updated",
            "The copy shows the post as it is.",
            "https://bsky.example/profile/shelf.example/post/3k",
        )
        shelf.sent(winter, "drop", "file", "failed", "/srv/outbox: No space left on device.")
        ferry = shelf.post(
            "The ferry library", 1, "<p>The ferry has a shelf of its own now.</p>", "announced"
        )
        shelf.found(ferry, ())
        shelf.sent(
            ferry, "letter", "smtp", "held", "An earlier attempt was cut off: look at the outbox."
        )
        shelf.sent(ferry, "bluesky", "bluesky", "dead", "No answer from bsky.example for 7 days.")
        shelf.sent(ferry, "drop", "file", "due", "A new post.")
        shelf.post(
            "A second helping of winter",
            0,
            "<p>Held, as six came at once.</p>",
            "held",
            "More new posts at once than hold_above allows: is it really new?",
        )
        settling = shelf.post("Just now, on the pier", 0, "<p>Still settling.</p>", "settling")
        settling.settles_at = NOW + timedelta(minutes=10)
        settling.reason = "New at the last look."


def findings_of(html: str) -> tuple[Finding, ...]:
    found = []
    for words, nth, kind, decision, confidence, title, authors in FOUND_THERE:
        start = -1
        for _ in range(nth):
            start = html.index(words, start + 1)
        is_link = kind == "amazon_link"
        found.append(
            Finding(
                kind=kind,
                start=start,
                end=start + len(words),
                text=words,
                confidence=confidence,
                decision=decision,
                why=WHY[title],
                title=title,
                authors=authors,
                url=words if is_link else None,
                link_text="over here" if title is None else title if is_link else None,
            )
        )
    return tuple(sorted(found, key=lambda each: each.start))


class _Shelf:
    def __init__(self, session: Session, owner: int, source: int) -> None:
        self.session, self.owner, self.source = session, owner, source

    def old(self, title: str, days: int) -> None:
        self.post(title, days, "<p>Old.</p>", "baseline", "It was there before the first look.")

    def post(self, title: str, days: int, html: str, state: str, reason: str = "") -> PostRow:
        url = f"https://shelf.example/{'-'.join(title.lower().replace(',', '').split())}/"
        row = PostRow(
            blog_id=self.owner,
            source_id=self.source,
            url=url,
            title=title,
            state=state,
            reason=reason,
            published_at=NOW - timedelta(days=days),
            first_seen_at=NOW - timedelta(days=days),
            entry_fingerprint="",
        )
        self.session.add(row)
        self.session.flush()
        revision = Revision(url, title, html, published=row.published_at, language="en")
        stored.add_revision(self.session, row, revision, complete=True, now=NOW)
        return row

    def found(self, post: PostRow, findings: Sequence[Finding]) -> None:
        row = stored.newest_revision(self.session, post)
        row.findings = findings_json(tuple(findings))

    def sent(
        self,
        post: PostRow,
        channel: str,
        kind: str,
        state: str,
        reason: str,
        remote_url: str | None = None,
    ) -> DeliveryRow:
        key = sha256(f"{post.url}{channel}".encode()).hexdigest()[:32]
        standing = state in ("delivered", "updated")
        row = DeliveryRow(
            blog_id=self.owner,
            post_id=post.id,
            channel=channel,
            kind=kind,
            state=state,
            action="publish",
            key=key,
            publish_key=key,
            version=int(standing),
            rendition=rendition_json(_rendition(post, channel, kind)),
            digest=key,
            sent_digest=key if standing else None,
            remote_id="1" if standing else None,
            remote_url=remote_url,
            reason=reason,
            due_at=NOW + timedelta(minutes=30) if state in ("due", "failed") else None,
            created_at=NOW,
            updated_at=NOW,
            delivered_at=NOW if standing else None,
        )
        self.session.add(row)
        self.session.flush()
        outcome = {"failed": "unreachable", "dead": "unreachable", "held": "unsure"}
        if state in outcome or standing:
            self.session.add(
                AttemptRow(
                    delivery_id=row.id,
                    action="publish",
                    key=key,
                    outcome=outcome.get(state, "delivered"),
                    detail="" if standing else reason,
                    at=NOW,
                )
            )
        return row


def _rendition(post: PostRow, channel: str, kind: str) -> Rendition:
    rule = Rule("allowed", "your own site may carry links that pay")
    if kind == "smtp":
        return Rendition(
            channel,
            post.url,
            post.title,
            Letter(
                post.title,
                f"<!doctype html><html><head><style>body{{font:16px Georgia;margin:2em}}</style>"
                f"</head><body><h1>{post.title}</h1><p>The kettle is on.</p></body></html>",
                f"{post.title}\n\nThe kettle is on.\n",
            ),
            rule,
        )
    if kind == "bluesky":
        text = f"{post.title}\n\nThe kettle has been on since four. #reading"
        start = text.index("#reading")
        return Rendition(
            channel,
            post.url,
            post.title,
            ShortText(
                text,
                (TextLink(start, start + 8, "reading", "tag"),),
                Card(post.url, post.title, "On mornings like this I read by the stove."),
            ),
            Rule("post_link", "Amazon does not accept this network: it links to the post"),
        )
    change = Change(
        10,
        20,
        "The Summer Book",
        '<a href="https://www.amazon.com/dp/1590172684?tag=slowshelf-20">The Summer Book</a>',
        "mention",
        "The Summer Book by Tove Jansson is linked to its page, tagged as yours.",
    )
    return Rendition(
        channel,
        post.url,
        post.title,
        Article(f"<p>{post.title}.</p>"),
        rule,
        changes=(change,),
        notes=("The link to amazon.de stays untagged: you have no tracking id there.",),
    )
