"""What the blogger decided before wins over everything."""

from collections.abc import Sequence
from dataclasses import replace

from service.model import Edition, Finding, Ruling
from service.resolve.editions import full_title
from service.resolve.titles import main_key, title_key


def ruled(mentions: Sequence[Finding], rulings: Sequence[Ruling]) -> list[Finding]:
    """The mentions, those of a ruled title decided as ruled. The latest ruling of a title holds."""
    if not rulings:
        return list(mentions)
    exact = {title_key(ruling.title): ruling for ruling in rulings}
    main = {main_key(ruling.title): ruling for ruling in rulings}
    return [
        _apply(each, exact.get(title_key(each.text)) or main.get(main_key(each.text)))
        for each in mentions
    ]


def promoted(findings: Sequence[Finding], rulings: Sequence[Ruling]) -> list[Finding]:
    """The findings, mentions of an accepted title certain: they win over other readings of the
    same words."""
    accepted = [ruling for ruling in rulings if ruling.decision == "link"]
    if not accepted:
        return list(findings)
    keys = {title_key(ruling.title) for ruling in accepted}
    keys |= {main_key(ruling.title) for ruling in accepted}
    return [
        replace(each, confidence=1.0)
        if each.kind == "book_mention" and title_key(each.text) in keys
        else each
        for each in findings
    ]


def _apply(mention: Finding, ruling: Ruling | None) -> Finding:
    if ruling is None:
        return mention
    if ruling.decision == "ignore":
        return replace(
            mention,
            decision="ignore",
            decided_by="person",
            why=("you decided that this title is not to be linked",),
        )
    decided = replace(
        mention,
        decision="link",
        decided_by="person",
        confidence=1.0,
        why=("you decided that this title is to be linked", *mention.why),
    )
    if ruling.book is None:
        return decided
    edition = ruling.book.edition or Edition()
    return replace(
        decided,
        title=full_title(ruling.book),
        authors=ruling.book.authors or mention.authors,
        isbn13=edition.isbn13,
        isbn10=edition.isbn10,
        asin=edition.asin or edition.isbn10,
    )
