"""The nouns of the field: frozen dataclasses without I/O."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from service.weblink import without_credentials

Media = Literal["html", "text", "markdown"]
ShopLinkKind = Literal[
    "product", "search", "author", "list", "store", "short", "widget", "other", "not_amazon"
]
FindingKind = Literal["amazon_link", "shop_link", "book_link", "book_mention", "isbn"]
OthersTags = Literal["replace", "keep", "ask"]
Decision = Literal["link", "suggest", "ignore", "rewrite", "keep"]
Decider = Literal["rule", "person"]
Form = Literal["letter", "short_text", "article"]
Verdict = Literal["allowed", "labelled", "post_link", "forbidden"]
Action = Literal["publish", "update", "withdraw"]


# ── what comes in ────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Document:
    """A text to look into. Every offset counts code points of `source`, end exclusive.

    `title`, `tags` and `url` are the post's own: evidence, not part of the text.
    """

    source: str
    media: Media = "html"
    url: str | None = None
    title: str | None = None
    tags: tuple[str, ...] = ()
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A post as a feed, a page or a webhook tells it. `html` is as it came, not sanitised.

    `complete` is False where only a summary came and the page holds the rest.
    """

    url: str | None
    title: str
    html: str
    id: str | None = None
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    tags: tuple[str, ...] = ()
    summary: str | None = None
    image: str | None = None
    language: str | None = None
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Imprints:
    """How a feed came, as values that are equal where it came just so again: one for each entry,
    in order, and one for what it says `for_all` of them."""

    for_all: str = ""
    entries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed of any format, read. `url` is its own address, `site_url` the blog's.

    `imprints` are of all its entries, where they were asked for and can be had.
    """

    title: str
    entries: tuple[Entry, ...]
    url: str | None = None
    site_url: str | None = None
    description: str | None = None
    language: str | None = None
    image: str | None = None
    hub: str | None = None
    imprints: Imprints | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A web page, extracted: the post's own HTML, without what stands around it."""

    title: str | None
    html: str
    text: str
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    canonical_url: str | None = None
    site_name: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    image: str | None = None
    summary: str | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """One distinct content of a post, as it came."""

    url: str
    title: str
    html: str
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    tags: tuple[str, ...] = ()
    summary: str | None = None
    image: str | None = None
    language: str | None = None

    @property
    def fingerprint(self) -> str:
        """What readers would notice: equal for two revisions that differ only in white space."""
        words = "\x1f".join((" ".join(self.title.split()), " ".join(self.html.split())))
        return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def document(self) -> Document:
        return Document(self.html, "html", self.url, self.title, self.tags, self.language)


# ── blogs and how they are followed ──────────────────────────────────────────────────────

SourceKind = Literal["feed", "page", "sitemap", "wordpress", "webhook"]


@dataclass(frozen=True, slots=True)
class Source:
    """How a blog is followed: `url` is that of the feed, index page, sitemap or WordPress API; a
    webhook has none."""

    name: str
    kind: SourceKind
    url: str | None = None
    secret: str | None = field(default=None, repr=False)
    settle: timedelta = timedelta(minutes=10)
    hold_above: int = 5
    every: timedelta = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Manners:
    """How we behave at other people's servers.

    `parallel` requests are under way at once, `per_host` of them to one host, each `gap` after the
    one before. A source that has been quiet is asked less and less, but each `slowest` at least.
    `ignore_robots` are the hosts whose robots.txt is not for us: the blogger's own.
    """

    parallel: int = 32
    per_host: int = 2
    gap: timedelta = timedelta(milliseconds=500)
    slowest: timedelta = timedelta(hours=2)
    ignore_robots: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleConfirmation:
    """What the blogger decided about the rule of one channel, and why.

    `verdict` None confirms the rule pack's own. `confirmed` is the day, as YYYY-MM-DD.
    """

    verdict: Verdict | None = None
    reason: str = ""
    confirmed: str | None = None


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """One channel as configured: `options` are the adapter's own, secrets resolved.

    `tracking_ids` (programme kind → marketplace → id) stand in for the blog's on this channel.
    """

    name: str
    kind: str
    options: Mapping[str, object] = field(default_factory=dict, repr=False)
    mentions: Literal["link", "suggest", "off"] = "link"
    post_text: str | None = None
    tracking_ids: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    rule: RuleConfirmation | None = None


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The confidences from which a mention of a book is linked by itself, and suggested.

    As they are, at least 95 links in 100 were right on blogs that the weights had not seen.
    """

    link: float = 0.8
    suggest: float = 0.35


@dataclass(frozen=True, slots=True)
class OnlineSettings:
    """Which online catalogues are asked, in order, each with its adapter's options; `budget` is
    how many requests a run may make of them."""

    catalogues: tuple[tuple[str, Mapping[str, object]], ...] = field(default=(), repr=False)
    budget: int = 30


@dataclass(frozen=True, slots=True)
class Blog:
    """One owner's site, with everything that belongs to exactly it.

    `url` identifies the blog, `site_url` is where its readers are sent: its feed names it.
    `shops` are the programmes that new book links lead to, the first one first.
    """

    url: str
    title: str | None = None
    site_url: str | None = None
    language: str | None = None
    tracking_ids: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    marketplace: str = "amazon.com"
    shops: tuple[str, ...] = ("amazon",)
    others_tags: OthersTags = "replace"
    thresholds: Thresholds = Thresholds()
    sources: tuple[Source, ...] = ()
    channels: tuple[ChannelSettings, ...] = ()
    allow_private: tuple[str, ...] = ()
    expand_short_links: bool = True
    contact: str | None = None
    manners: Manners = Manners()
    catalogue: str | None = None
    online: OnlineSettings = OnlineSettings()

    @property
    def home(self) -> str:
        """The address of the blog itself, as far as it is known."""
        return without_credentials(self.site_url or self.url)


# ── books and where they stand ───────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Edition:
    """A purchasable form of a book. For print, the ASIN is the ISBN-10.

    `language` is its ISO 639 code, of two letters where there is one ("en", "grc"); `published`
    the year. None is what nobody told.
    """

    isbn13: str | None = None
    isbn10: str | None = None
    asin: str | None = None
    language: str | None = None
    form: Literal["print", "ebook", "audio"] | None = None
    published: int | None = None

    def __str__(self) -> str:
        """The edition in words: "ISBN 9781455586691, en, print, 2016"."""
        number = f"ISBN {self.isbn13}" if self.isbn13 else f"ASIN {self.asin or self.isbn10}"
        told = (self.language, self.form, str(self.published or ""))
        return ", ".join(each for each in (number, *told) if each)


@dataclass(frozen=True, slots=True)
class Book:
    """A work, with the edition that a link should lead to.

    `editions` are all that its catalogue knows, where it knows several; `work` is the work's
    identifier there ("OL45804W"). A title may be one of several that the work has.
    `told` is set where the blogger said himself which book it is, in words ("you linked it on
    2024-03-01"): such a book wins over a catalogue's of the same title.
    """

    title: str
    authors: tuple[str, ...] = ()
    subtitle: str | None = None
    edition: Edition | None = None
    popularity: int = 0
    source: str | None = None
    editions: tuple[Edition, ...] = ()
    work: str | None = None
    told: str | None = None


class ShopLink(NamedTuple):
    """A shop's link, read. Fields and their values are those of `bookplate links`.

    `programme` names the shop's adapter; `marketplace` is a domain such as "amazon.co.uk".
    """

    url: str
    kind: ShopLinkKind
    programme: str
    marketplace: str | None = None
    asin: str | None = None
    isbn13: str | None = None
    isbn10: str | None = None
    canonical: str | None = None
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A span of a document, what it is, how sure we are and why.

    For links that stand in the document the span is the URL's own characters (the attribute's
    value); otherwise it is the words. `text` is what readers see there (for links: the URL as
    written). `link_text` is the words of a link, `url` its URL, unescaped. `alternatives` are
    what else could be meant, the likeliest first: other editions, then other books of the title.
    """

    kind: FindingKind
    start: int
    end: int
    text: str
    confidence: float
    decision: Decision
    why: tuple[str, ...] = ()
    title: str | None = None
    authors: tuple[str, ...] = ()
    isbn13: str | None = None
    isbn10: str | None = None
    asin: str | None = None
    marketplace: str | None = None
    url: str | None = None
    link_text: str | None = None
    decided_by: Decider = "rule"
    alternatives: tuple[Book, ...] = ()

    @property
    def book(self) -> Book | None:
        """The book this finding is about, as far as it is known."""
        if self.title is None and self.isbn13 is None and self.asin is None:
            return None
        edition = Edition(self.isbn13, self.isbn10, self.asin)
        known = any((self.isbn13, self.isbn10, self.asin))
        return Book(self.title or "", self.authors, edition=edition if known else None)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the blogger decided before about a title, for all posts of the blog.

    `book` says which book the title means; None leaves that to the catalogue.
    """

    title: str
    decision: Literal["link", "ignore"]
    book: Book | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a post names or links a book, and with which numbers.

    `key` is what spellings of the title share ("" where only a number is known), `surnames` are
    those of the authors, folded; `words` is how the book is named there. `url` is the shop link
    that the blogger set on it, None where it is only named. `alternatives` as of a finding.
    """

    book: Book
    key: str
    surnames: tuple[str, ...]
    words: str
    url: str | None = None
    decision: Decision = "keep"
    confidence: float = 1.0
    alternatives: tuple[Book, ...] = ()


# ── what is made of it for a channel ─────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Rule:
    """What a programme's policy says of a kind of channel. `source` is the text's address.

    `label` and `disclosure` are its words, in `language`: the label for a link where the verdict
    is "labelled", the disclosure wherever a paid link stands.
    `pack` is the rule pack's own verdict where the blogger decided another; `confirmed` is the
    day on which the blogger confirmed or decided it.
    """

    verdict: Verdict
    why: str
    label: str | None = None
    disclosure: str | None = None
    source: str | None = None
    dated: str | None = None
    pack: Verdict | None = None
    confirmed: str | None = None
    language: str | None = None


class PaidLink(NamedTuple):
    """A paid link that stands in a rewritten document, and the label it needs on its channel."""

    url: str
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A span of the original and what stands there now. Replacing all spans gives the output."""

    start: int
    end: int
    before: str
    after: str
    rule: str
    why: str


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A document rewritten for one channel: its changes in order, not overlapping.

    `notes` says what was left alone and why. `tagged` tells whether a paid link stands in it.
    `disclosure` is the sentence that stands in it, None where none is needed. `paid` are its paid
    links in order, each address once. `breaks` says which rules it still breaks: what could not
    be mended. `concerned` are the programmes whose links stand in it.
    """

    source: str
    changes: tuple[Change, ...]
    notes: tuple[str, ...] = ()
    tagged: bool = False
    disclosure: str | None = None
    paid: tuple[PaidLink, ...] = ()
    breaks: tuple[str, ...] = ()
    concerned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Image:
    """A picture by its address, with the words for those who can't see it."""

    url: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """The preview of a link, for networks whose client must supply it."""

    url: str
    title: str
    description: str
    image: Image | None = None


@dataclass(frozen=True, slots=True)
class TextLink:
    """Where a link or hashtag stands in a short text: code points, end exclusive."""

    start: int
    end: int
    target: str
    kind: Literal["link", "tag"] = "link"


@dataclass(frozen=True, slots=True)
class ShortText:
    """A social post."""

    text: str
    links: tuple[TextLink, ...] = ()
    card: Card | None = None
    language: str | None = None
    form: Literal["short_text"] = "short_text"


#: stands in a Letter for the address at which a reader unsubscribes, in both parts on lines of
#: their own; a channel puts the address there, or takes these lines out
UNSUBSCRIBE = "[[unsubscribe]]"


@dataclass(frozen=True, slots=True)
class Letter:
    """A newsletter issue: one post, both parts, self-contained."""

    subject: str
    html: str
    text: str
    preheader: str = ""
    language: str | None = None
    form: Literal["letter"] = "letter"


@dataclass(frozen=True, slots=True)
class Article:
    """The whole post as HTML, for feeds, files and blogs."""

    html: str
    summary: str = ""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    image: Image | None = None
    language: str | None = None
    form: Literal["article"] = "article"


@dataclass(frozen=True, slots=True)
class Rendition:
    """What would be sent to one channel, complete and inspectable before anything is sent.

    `held` says why it may not go out by itself, None where it may. `changes` are those made to
    the post's HTML for this channel, `notes` what was left alone and why.
    """

    channel: str
    post_url: str
    title: str
    body: ShortText | Letter | Article
    rule: Rule
    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()
    held: str | None = None


# ── what became of it ────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Published:
    """A copy at a channel: its id there, and where people see it."""

    remote_id: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a channel can do, as data.

    `network` is its kind in the rule packs ("email", "bluesky", "own_site", …).
    `idempotency`: "key" (a repeated key is harmless), "record" (we choose the record's id),
    "readback" (find tells what is there), "none" (an attempt cut off must be looked at).
    Limits are of the text: graphemes, UTF-8 bytes; `url_length` is what every URL counts,
    None where it counts as written; `links_in_text` is False where links need no characters.
    """

    form: Form
    network: str
    edit: bool = False
    delete: bool = False
    idempotency: Literal["key", "record", "readback", "none"] = "none"
    graphemes: int | None = None
    max_bytes: int | None = None
    url_length: int | None = None
    card: bool = False
    images: int = 0
