"""The promises about links and rewriting, tried on random input for as long as one likes.

    python -m tests.fuzz.fuzz_links --minutes 60 --seed 1

What is promised: nothing makes it fail; no URL changes whose host is not an Amazon shop; what is
tagged is tagged once, with the blogger's own id, and tagging it again changes nothing; a rewritten
page differs in the changes only, and undoing them gives the page back. Prints counts; each broken
promise with the input that breaks it, and the exit code is 1.
"""

import argparse
import random
import re
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from html import unescape
from urllib.parse import parse_qsl, unquote, urlsplit

from adapters.programmes.amazon import MARKETPLACES
from adapters.programmes.amazon.reading import Reading, affiliate, read
from adapters.programmes.amazon.tables import rows
from adapters.programmes.bookshop_org import BookshopOrg
from adapters.programmes.ebay import Ebay
from adapters.programmes.powells import Powells
from service.model import Media
from service.ports import Programme
from service.readable import Markup
from tests.fuzz.mutations import mutated, page
from tests.rewrite.found import AMAZON, rewritten, shop_links, words

Trial = Callable[[], str]
MINE = "mine-20"
OTHERS: tuple[Programme, ...] = (BookshopOrg(), Ebay(), Powells())
OTHERS_ID = "77777"
#: what may stand before a marketplace's name in the host of a link that is tagged
_BEFORE = re.compile(r"(?:www\.)?(?:m\.|befr\.|benl\.)?")
IDS = dict.fromkeys(MARKETPLACES, MINE)
_SHOP = re.compile(
    r"(?:(?:www|smile|m|mobile|www\.m)\.)?"
    rf"(?:{'|'.join(map(re.escape, (*MARKETPLACES, 'amazon.jp', 'amzn.com')))})\.?",
    re.IGNORECASE,
)
#: prose's punctuation, which belongs to no host
_BEHIND = re.compile(r"""(?:&(?:amp;)*\w+;?|[\s\0-\x20,;!?)\]}>'"*_»”’›…])+\Z""")
#: pages in ten thousand tries: a page takes a hundred times longer than a URL
_PAGES = 0.02


class Broken(Exception):
    """A promise that was not kept."""


def seeds() -> list[str]:
    """Every form of the tables, and links that are no shop's."""
    found = [row[3] for row in rows("forms.tsv")] + [row[2] for row in rows("redirects.tsv")]
    markets = [
        url.replace("amazon.com", chosen)
        for url, chosen in zip(found, MARKETPLACES * len(found), strict=False)
    ]
    return [
        *found,
        *markets,
        "https://bookshop.org/a/12345/9780201633610",
        "https://www.bookshop.org/p/books/some-slug/8339063?ean=9780201633610",
        "https://uk.bookshop.org/books/some-slug/9780201633610?affiliate=9",
        "https://www.ebay.com/itm/Some-Book/235671234567?hash=item36dd%3Ag&var=5&campid=5330000001",
        "https://rover.ebay.com/rover/1/711-53200-19255-0/1?campid=1&mpre=https%3A%2F%2Fwww.ebay.de"
        "%2Fitm%2F235671234567",
        "https://www.ebay.co.uk/sch/i.html?_nkw=9780201633610&LH_BIN=1&mkcid=1",
        "https://www.powells.com/partner/12345/biblio/9780201633610?p_isbn",
        "https://www.powells.com/book/some-slug-9780201633610?partnerid=12345",
        "https://amzn.to/3abcDEF",
        "https://a.co/d/abc1234",
        "https://aws.amazon.com/s3/?tag=x-20",
        "https://www.amazon.com/gp/help/customer/display.html?nodeId=1&tag=x-20",
        "https://images-na.ssl-images-amazon.com/images/P/0201633612.jpg",
        "https://example.com/?u=https%3A%2F%2Fwww.amazon.com%2Fdp%2F0201633612%3Ftag%3Dx-20",
        "https://amazon.com.evil.example/dp/0201633612?tag=x-20",
        "https://ws-na.amazon-adsystem.com/widgets/q?ASIN=0201633612&tag=x-20",
    ]


def try_url(url: str) -> str:
    """Which kind the URL was. Raises Broken."""
    reading = read(url)
    if reading is None:
        return _try_others(url)
    mine = affiliate(reading, IDS)
    if mine is None:
        return reading.kind
    if not any(_SHOP.fullmatch(_BEHIND.sub("", host)) for host in _hosts(url)):
        raise Broken("a URL of no shop was tagged")
    _check_tagged(reading, mine)
    return f"{reading.kind}, tagged"


def _try_others(url: str) -> str:
    for shop in OTHERS:
        link = shop.read(url)
        if link is not None:
            break
    else:
        return "no shop"
    ids = dict.fromkeys(shop.marketplaces, OTHERS_ID)
    mine = shop.tagged(link, ids)
    if mine is None:
        return shop.kind
    again = shop.read(mine)
    if again is None or shop.tagged(again, ids) != mine or again.tag != OTHERS_ID:
        raise Broken(f"tagged again it is {again}, not {mine!r}")
    hosts = {_bare(host) for host in _hosts(url)}
    if not any(_is_of(each, link.marketplace or "") for each in hosts):
        raise Broken("a URL of no shop was tagged")
    return f"{shop.kind}, tagged"


def _is_of(host: str, marketplace: str) -> bool:
    before = host.removesuffix(marketplace)
    return host == "rover.ebay.com" or (before != host and _BEFORE.fullmatch(before) is not None)


def _check_tagged(reading: Reading, mine: str) -> None:
    parts = urlsplit(mine)
    if parts.netloc != f"www.{reading.marketplace}" or parts.scheme != "https":
        raise Broken(f"tagged for another host: {mine!r}")
    tags = [value for name, value in parse_qsl(parts.query) if name.lower() == "tag"]
    if tags != [MINE]:
        raise Broken(f"tags {tags} in {mine!r}")
    again = read(mine)
    if again is None or affiliate(again, IDS) != mine:
        raise Broken(f"tagged again it is {again and affiliate(again, IDS)!r}, not {mine!r}")
    same = ("kind", "marketplace", "asin", "isbn13", "canonical")
    if any(getattr(again, name) != getattr(reading, name) for name in same):
        raise Broken(f"tagged, it reads otherwise: {again}")


def _bare(host: str) -> str:
    return _BEHIND.sub("", host).lower().removeprefix("www.").removesuffix(".")


def _hosts(url: str) -> set[str]:
    """The hosts that browsers may see in the URL, its escapes undone up to twice."""
    spellings = {url}
    for _ in range(3):
        spellings |= {unescape(each) for each in spellings}
        spellings |= {unquote(each) for each in spellings}
    found = set()
    for each in spellings:
        rest = re.sub(r"\A[\s\0-\x20]*(?:https?:|:)?(?://)?", "", each, flags=re.IGNORECASE)
        host = re.split(r"[/?#:\\]", rest, maxsplit=1)[0]
        found.add(re.sub(r"[.\W]+\Z", "", host) if host == rest else host)
    return found


def try_page(source: str, media: Media, network: str, disclose: bool) -> str:
    """How many changes the page got, in words. Raises Broken, or AssertionError from undoing."""
    findings = [
        *shop_links(source, media),
        *words(source, "A Good Title", media=media),
        *words(source, "Buy it", media=media, kind="book_link", title="Another Book"),
    ]
    _, result = rewritten(source, findings, media=media, network=network, disclose=disclose)
    position = 0
    for each in result.changes:
        if each.start < position or source[each.start : each.end] != each.before:
            raise Broken(f"a change that does not fit: {each}")
        position = each.end
    if media == "html":
        _check_page(source)
    return "pages changed" if result.changes else "pages as they were"


def _check_page(source: str) -> None:
    once, _ = rewritten(source, shop_links(source))
    twice, _ = rewritten(once, shop_links(once))
    if once != twice:
        raise Broken("rewriting again changes something")
    foreign = [each for each in _hrefs(source) if AMAZON.read(each) is None]
    if Counter(foreign) - Counter(_hrefs(once)):
        raise Broken("the address of a link that is no shop's changed")


def _hrefs(source: str) -> list[str]:
    return [
        href.value
        for tag in Markup(source).tags
        if tag.name in ("a", "area") and (href := tag.attribute("href")) is not None
    ]


class Run:
    """One run: its chance, what it counted, what broke."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.seeds = seeds()
        self.counts: Counter[str] = Counter()
        self.broken = 0

    def step(self) -> None:
        """Try one URL or one page."""
        chance = self.chance
        if chance.random() >= _PAGES:
            url = mutated(chance, self.seeds)
            self._tried(repr(url), lambda: try_url(url))
            return
        source = page(chance, self.seeds)
        media: Media = chance.choice(("html", "html", "html", "markdown", "text"))
        network = chance.choice(("own_site", "email", "bluesky"))
        disclose = chance.random() < 0.5
        self._tried(
            repr((source, media, network, disclose)),
            lambda: try_page(source, media, network, disclose),
        )

    def _tried(self, given: str, trial: Trial) -> None:
        try:
            self.counts[trial()] += 1
        except Exception as error:
            self.broken += 1
            where = traceback.extract_tb(error.__traceback__)[-1]
            print(f"BROKEN {type(error).__name__}: {error} ({where.name})\n  {given}", flush=True)

    def report(self) -> str:
        tried = sum(self.counts.values()) + self.broken
        each = ", ".join(f"{kind}: {count}" for kind, count in sorted(self.counts.items()))
        return f"{tried} tried, {self.broken} broken ({each})"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    run = Run(given.seed)
    begun = told = time.monotonic()
    while time.monotonic() - begun < given.minutes * 60:
        for _ in range(200):
            run.step()
        if time.monotonic() - told > 60:
            told = time.monotonic()
            print(f"{(told - begun) / 60:.0f} min: {run.report()}", flush=True)
    print(f"seed {given.seed}, {given.minutes:g} minutes: {run.report()}", flush=True)
    return 1 if run.broken else 0


if __name__ == "__main__":
    sys.exit(main())
