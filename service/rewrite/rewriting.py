"""The walk through a document's findings: each becomes a change, a note, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from service.model import Change, Rewritten
from service.rewrite.books import Linked
from service.rewrite.policy import Policy, Target
from service.rewrite.splice import in_order

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from service.model import Document, Finding, Rule
    from service.ports import Programme

Mentions = Literal["link", "suggest", "off"]


class Writer(Protocol):
    """How links are written in one kind of document."""

    def retarget(self, finding: Finding, target: Target) -> list[Change] | None:
        """Changes that make a link in the document lead to the target; None: not possible."""

    def link(self, finding: Finding, target: Target) -> list[Change] | None:
        """Changes that make a link of words; None where none may stand."""

    def has_sentence(self, sentence: str) -> bool:
        """Whether readers of the document meet this sentence."""

    def disclosure(self, sentence: str, position: int) -> Change:
        """What puts the sentence as a block of its own before the block at this offset."""


def rewrite(
    document: Document,
    findings: Sequence[Finding],
    *,
    programmes: Sequence[Programme],
    tracking_ids: Mapping[str, Mapping[str, str]],
    rule: Rule,
    marketplace: str,
    mentions: Mentions = "link",
    disclose: bool = False,
) -> Rewritten:
    """The document for one channel: shop links tagged, books linked, paid links disclosed.

    tracking_ids: programme kind → marketplace → id. `rule` decides whether paid links may stand;
    where they may not, nobody's tag does, and no link is added. `marketplace` is where new links
    lead. Only the decided spans change; `notes` tells what was left alone and why.
    """
    if not findings:
        return Rewritten(document.source, ())
    policy = Policy(programmes, tracking_ids, rule, marketplace)
    work = _Work(_writer(document), policy)
    for finding in findings:
        work.shop_link(finding)
    for finding in findings:
        work.book_link(finding)
    if mentions != "off":
        for finding in findings:
            work.mention(finding, mentions)
    return work.result(document, disclose)


def _writer(document: Document) -> Writer:
    if document.media == "html":
        from service.rewrite.html import HtmlWriter

        return HtmlWriter(document.source)
    from service.rewrite.plain import MarkdownWriter, TextWriter

    return (MarkdownWriter if document.media == "markdown" else TextWriter)(document.source)


class _Work:
    def __init__(self, writer: Writer, policy: Policy) -> None:
        self.writer = writer
        self.policy = policy
        self.changes: list[Change] = []
        self.linked = Linked()
        #: where paid links stand
        self.paid: list[int] = []

    def shop_link(self, finding: Finding) -> None:
        """A shop's link that stands in the post: tagged, untagged or left."""
        if finding.kind != "amazon_link":
            return
        self.linked.add(finding)
        known = self.policy.read(finding)
        if known is None:
            return
        if self.policy.paid_links and finding.decision != "rewrite":
            if self.policy.is_ours(*known):
                self.paid.append(finding.start)
            return
        self._retarget(finding, self.policy.for_link(*known))

    def book_link(self, finding: Finding) -> None:
        """Words (or a dead link) that promise the book: made to lead there."""
        if finding.kind != "book_link":
            return
        if finding.decision not in ("link", "rewrite") or finding.book is None:
            if finding.url is not None:
                self.linked.add(finding)
            return
        target = self.policy.for_book(finding.book)
        if target is None:
            return
        if finding.url is not None and self._retarget(finding, target):
            self.linked.add(finding)
        elif finding.url is None:
            self._link(finding, target)

    def mention(self, finding: Finding, mentions: Mentions) -> None:
        """A book named in running text: linked once, where it is first named."""
        if finding.kind != "book_mention" or finding.decision != "link" or finding.book is None:
            return
        if finding in self.linked:
            return
        if mentions == "suggest" and finding.decided_by != "person":
            self.policy.note(f'"{finding.title}" could be linked: it waits for you.')
            self.linked.add(finding)
            return
        target = self.policy.for_book(finding.book)
        if target is not None:
            self._link(finding, target)

    def _retarget(self, finding: Finding, target: Target | None) -> bool:
        if target is None:
            return False
        changes = self.writer.retarget(finding, target)
        if changes is None:
            self.policy.note(f"{finding.text} stands where no link is changed.")
            return False
        self._take(finding, target, changes)
        return True

    def _link(self, finding: Finding, target: Target) -> None:
        changes = self.writer.link(finding, target)
        if changes is not None:
            self._take(finding, target, changes)
            self.linked.add(finding)

    def _take(self, finding: Finding, target: Target, changes: list[Change]) -> None:
        self.changes += changes
        if target.paid:
            self.paid.append(finding.start)

    def result(self, document: Document, disclose: bool) -> Rewritten:
        changes = in_order(self.changes)
        sentence = self.policy.rule.disclosure if disclose and self.paid else None
        if sentence and not self.writer.has_sentence(sentence):
            changes = in_order((*changes, self.writer.disclosure(sentence, min(self.paid))))
        return Rewritten(
            document.source, changes, tuple(self.policy.notes), bool(self.paid), sentence
        )
