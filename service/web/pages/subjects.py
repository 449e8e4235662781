"""What a post's findings are about: a book named or linked five times is told of once."""

from collections.abc import Iterator, Sequence

from service.model import Finding

#: a book, by its number, its title or the words for it; and the marketplace that links lead to
Subject = tuple[str, str]

_LINKS = ("amazon_link", "shop_link")
#: which finding tells of a book, where several speak of it
_TELLS = {"rewrite": 0, "link": 1, "suggest": 2, "keep": 3}


def subjects(findings: Sequence[Finding]) -> dict[Subject, Finding]:
    """Each subject in order, and the finding that tells of it; without what was left alone."""
    telling: dict[Subject, Finding] = {}
    for finding, subject in zip(findings, subjects_of(findings), strict=True):
        if subject is None:
            continue
        if subject not in telling or _rank(finding) < _rank(telling[subject]):
            telling[subject] = finding
    return telling


def subjects_of(findings: Sequence[Finding]) -> list[Subject | None]:
    """The subject of each finding; None for one that was left alone.

    Links are told apart by the book and the marketplace that they lead to; words belong to the
    link, or the words, that mean the same book.
    """
    known: dict[str, Subject] = {}
    for each in sorted(findings, key=_rank):
        if each.decision != "ignore":
            subject = _link(each) if each.kind in _LINKS else _known(each, known)
            for name in _names(each):
                known.setdefault(name, subject)
    return [
        None
        if each.decision == "ignore"
        else _link(each)
        if each.kind in _LINKS
        else _known(each, known)
        for each in findings
    ]


def _link(finding: Finding) -> Subject:
    number = finding.isbn13 or finding.asin
    return (number, finding.marketplace or "") if number else (finding.url or finding.text, "")


def _known(finding: Finding, known: dict[str, Subject]) -> Subject:
    return next(
        (known[name] for name in _names(finding) if name in known),
        ((finding.isbn13 or finding.title or finding.text).casefold(), ""),
    )


def _names(finding: Finding) -> Iterator[str]:
    """What a book is known again by: its title first, which is the same for all editions."""
    for name in (finding.title or finding.text, finding.isbn13, finding.asin):
        if name:
            yield name.casefold()


def _rank(finding: Finding) -> tuple[int, bool]:
    """Links before words of the same standing."""
    return _TELLS.get(finding.decision, len(_TELLS)), finding.kind not in _LINKS
