"""A post becomes findings: shop links, printed ISBNs, mentions of books, lost links.

Findings are evidence, not decisions: mentions may overlap and be unlikely; `resolve` knows the
books and decides.
"""

from collections.abc import Sequence

from service.find.isbns import isbns_in
from service.find.language import spoken
from service.find.links import shop_links, shop_links_in_bytes
from service.find.lost import lost_links, without_calls
from service.find.mentions import FLOOR, mentions
from service.find.pages import with_pages
from service.find.reading import read
from service.find.speech import language_of
from service.model import Document, Finding
from service.ports import Catalogue, Programme

__all__ = ["find", "language_of", "shop_links", "shop_links_in_bytes"]


def find(
    document: Document,
    programmes: Sequence[Programme],
    catalogue: Catalogue | None = None,
    *,
    floor: float = FLOOR,
) -> list[Finding]:
    """Everything in the document that may have to do with a book or a shop, sorted by start.

    Shop links come decided ("rewrite" or "keep"). Mentions, ISBNs and lost links come with a
    confidence and the reasons; mentions may overlap; a lost link has no title yet. Mentions less
    likely than `floor` are not told. The catalogue is asked for many titles: it should be one on
    this machine. Raises CatalogueError where it can't be read.
    """
    reading = read(document)
    language = spoken(reading.text.text, reading.language)
    named = list(with_pages(mentions(reading, language, catalogue, floor=floor), reading))
    lost = list(lost_links(reading, language, programmes, named))
    found = [
        *shop_links(document, programmes, reading),
        *isbns_in(reading),
        *without_calls(named, lost),
        *lost,
    ]
    return sorted(found, key=lambda each: (each.start, each.end))
