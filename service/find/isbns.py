"""ISBNs printed in the text: their check digit must fit (ISBN Users' Manual, 7th ed.)."""

import re
from collections.abc import Iterator

from service.find.reading import Reading
from service.identifiers import isbns
from service.model import Finding

_HYPHEN = r"[\-‐-―− ]?"
_NUMBER = re.compile(
    rf"(?<![\w/=\-.])(?:97[89]{_HYPHEN}(?:\d{_HYPHEN}){{9}}\d|(?:\d{_HYPHEN}){{9}}[\dXx])(?![\w/\-])"
)
_LABEL = re.compile(r"ISBN(?:[-‐ ]?1[03])?\s*(?:\([^()\n]{1,20}\))?\s*[:#]?\s*$", re.IGNORECASE)
_MUSIC = "9790"


def isbns_in(reading: Reading) -> Iterator[Finding]:
    """Each ISBN in the readable text, code and navigation left out.

    Ten digits count only after the word ISBN: one number in eleven has a fitting check digit.
    979-0 is printed music (ISMN), not a book.
    """
    text = reading.text.text
    for match in _NUMBER.finditer(text):
        labelled = _LABEL.search(text, max(0, match.start() - 24), match.start()) is not None
        isbn13, isbn10 = isbns(match[0])
        if isbn13 is None or isbn13.startswith(_MUSIC) or reading.is_closed(match.start()):
            continue
        thirteen = match[0].startswith(("978", "979")) and isbn10 != match[0]
        if not labelled and not thirteen:
            continue
        start, end = reading.text.source_span(*match.span())
        why = ["its check digit fits"]
        if labelled:
            why.insert(0, "“ISBN” stands before")
        sure = 0.99 if labelled else 0.9
        yield Finding(
            "isbn",
            start,
            end,
            match[0],
            sure,
            "link" if labelled else "suggest",
            tuple(why),
            isbn13=isbn13,
            isbn10=isbn10,
        )
