"""What a post's findings are about: a book named five times is told of once."""

from collections.abc import Sequence

from service.model import Finding

#: a link by its address, or a title and what was decided of it
Subject = tuple[str, str]


def subjects(findings: Sequence[Finding]) -> dict[Subject, Finding]:
    """Each subject in order, and the finding that tells of it; without what was left alone."""
    telling: dict[Subject, Finding] = {}
    for finding, subject in zip(findings, subjects_of(findings), strict=True):
        if subject is None:
            continue
        if subject not in telling or _is_kept_mention(telling[subject]):
            telling[subject] = finding
    return telling


def subjects_of(findings: Sequence[Finding]) -> list[Subject | None]:
    """The subject of each finding; None for one that was left alone.

    Words that were kept as they were, because the same book is linked anyway, are not a subject
    of their own.
    """
    linked: dict[str, Subject] = {}
    for each in findings:
        if each.title and not _is_kept_mention(each) and each.decision != "ignore":
            linked.setdefault(each.title.casefold(), _subject(each))
    return [
        None
        if each.decision == "ignore"
        else linked.get((each.title or "").casefold(), _subject(each))
        if _is_kept_mention(each)
        else _subject(each)
        for each in findings
    ]


def _is_kept_mention(finding: Finding) -> bool:
    return finding.decision == "keep" and finding.kind not in ("amazon_link", "shop_link")


def _subject(finding: Finding) -> Subject:
    if finding.kind in ("amazon_link", "shop_link"):
        return finding.url or finding.text, "address"
    return (finding.title or finding.text).casefold(), finding.decision
