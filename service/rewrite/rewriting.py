"""The walk through a document's findings: each becomes a change, a note, or nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, Protocol

from service.model import Change, PaidLink, Rewritten
from service.rewrite.beside import with_shops
from service.rewrite.books import Linked
from service.rewrite.policy import Policy, Target
from service.rewrite.splice import in_order

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from service.model import Document, Finding, OthersTags, Rule, ShopLink
    from service.ports import Programme

Mentions = Literal["link", "suggest", "off"]
_SHOP_LINKS = ("amazon_link", "shop_link")


class Writer(Protocol):
    """How links are written in one kind of document."""

    def retarget(self, finding: Finding, target: Target) -> list[Change] | None:
        """Changes that make a link in the document lead to the target; None: not possible."""

    def link(self, finding: Finding, target: Target) -> list[Change] | None:
        """Changes that make a link of words; None where none may stand."""

    def revive(self, finding: Finding, target: Target) -> list[Change] | None:
        """Changes that make the dead link in which words stand lead to the target."""

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
    rules: Mapping[str, Rule],
    marketplace: str,
    mentions: Mentions = "link",
    disclose: bool = False,
    shops: Sequence[str] = ("amazon",),
    others_tags: OthersTags = "replace",
    own: frozenset[str] = frozenset(),
) -> Rewritten:
    """The document for one channel: shop links tagged, books linked, paid links disclosed.

    tracking_ids: programme kind → marketplace → id. `rules` (programme kind → rule) decide
    whether a shop's paid links may stand; where they may not, nobody's tag does, and no link to
    it is added. New links lead to the first of `shops` that can carry them, at `marketplace`; the
    others stand beside it. Tags that are not among `own` nor the tracking ids are other people's.
    Only the decided spans change; `notes` tells what was left alone and why.
    """
    if not findings:
        return Rewritten(document.source, ())
    policy = Policy(programmes, tracking_ids, rules, marketplace, shops, others_tags, own)
    work = _Work(document, _writer(document), policy)
    for finding in findings:
        work.shop_link(finding)
    if mentions != "off":
        work.linked.add(*[each for each in findings if each.kind in _SHOP_LINKS])
        for finding in findings:
            work.book_link(finding)
        for finding in findings:
            work.mention(finding, mentions)
    return work.result(disclose)


def _writer(document: Document) -> Writer:
    if document.media == "html":
        from service.rewrite.html import HtmlWriter

        return HtmlWriter(document.source)
    from service.rewrite.plain import MarkdownWriter, TextWriter

    return (MarkdownWriter if document.media == "markdown" else TextWriter)(document.source)


class _Work:
    def __init__(self, document: Document, writer: Writer, policy: Policy) -> None:
        self.document = document
        self.writer = writer
        self.policy = policy
        self.changes: list[Change] = []
        self.linked = Linked()
        #: where paid links stand, with their address and their programme's kind
        self.paid: list[tuple[int, str, str]] = []

    def shop_link(self, finding: Finding) -> None:
        """A shop's link that stands in the post: tagged, untagged or left."""
        if finding.kind not in _SHOP_LINKS:
            return
        known = self.policy.read(finding)
        if known is None:
            return
        programme, link = known
        may_pay = self.policy.may_pay(programme)
        if may_pay and finding.decision != "rewrite":
            if self.policy.is_ours(programme, link):
                self.paid.append((finding.start, link.url, programme.kind))
            return
        decided = finding.decided_by == "person"
        if decided and may_pay and _is_corrected(finding, link):
            named = replace(finding, kind="book_link")
            target = self.policy.for_book(named, link.marketplace)
        else:
            target = self.policy.for_link(programme, link, decided=decided)
        if target is not None and not self._retarget(finding, target) and not may_pay:
            self.policy.stays(programme, link)

    def book_link(self, finding: Finding) -> None:
        """Words (or a dead link) that promise the book: made to lead there."""
        if finding.kind != "book_link":
            return
        if finding.decision not in ("link", "rewrite") or finding.book is None:
            if finding.url is not None:
                self.linked.add(finding)
            return
        target = self.policy.for_book(finding)
        if target is None:
            return
        changes = self.writer.revive(finding, target)
        if changes is not None:
            self._take(finding, [target], changes)
            self.linked.add(finding)
        elif finding.url is None:
            self._link(finding, target)
        else:
            self.policy.note(f"{finding.text} stands where no link is changed.")

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
        target = self.policy.for_book(finding)
        if target is not None:
            self._link(finding, target)

    def _retarget(self, finding: Finding, target: Target) -> bool:
        changes = self.writer.retarget(finding, target)
        if changes is None:
            self.policy.note(f"{finding.text} stands where no link is changed.")
            return False
        self._take(finding, [target], changes)
        return True

    def _link(self, finding: Finding, target: Target) -> None:
        changes = self.writer.link(finding, target)
        if changes is None:
            return
        targets = [target]
        if len(changes) == 1 and _is_whole(changes[0], target):
            further = self.policy.beside(finding, target)
            document = self.document
            changes = [with_shops(changes[0], document.source, document.media, further)]
            targets += further
        self._take(finding, targets, changes)
        self.linked.add(finding)

    def _take(self, finding: Finding, targets: list[Target], changes: list[Change]) -> None:
        self.changes += changes
        self.paid += [(finding.start, each.url, each.programme) for each in targets if each.paid]

    def result(self, disclose: bool) -> Rewritten:
        changes = in_order(self.changes)
        paid = sorted(self.paid, key=lambda each: each[0])
        sentence = None
        if disclose and paid:
            sentences = self._sentences([kind for _, _, kind in paid])
            missing = [each for each in sentences if not self.writer.has_sentence(each)]
            sentence = " ".join(missing or sentences) or None
            if missing:
                change = self.writer.disclosure(" ".join(missing), paid[0][0])
                changes = in_order((*changes, change))
                self._tell_language([kind for _, _, kind in paid])
        return Rewritten(
            self.document.source,
            changes,
            tuple(self.policy.notes),
            bool(paid),
            sentence,
            self._paid_links(paid),
            tuple(self.policy.breaks),
            tuple(self.policy.concerned),
        )

    def _tell_language(self, kinds: list[str]) -> None:
        """Note where the disclosure does not speak the post's language."""
        wanted = (self.document.language or "")[:2].lower()
        for spoken in dict.fromkeys(self.policy.rules[kind].language for kind in kinds):
            if wanted and spoken and spoken != wanted:
                self.policy.note(
                    f'The disclosure is in "{spoken}": the rule packs have no words in "{wanted}"'
                )

    def _paid_links(self, paid: list[tuple[int, str, str]]) -> tuple[PaidLink, ...]:
        rules = self.policy.rules
        return tuple(
            PaidLink(url, rules[kind].label if rules[kind].verdict == "labelled" else None)
            for url, kind in dict.fromkeys((url, kind) for _, url, kind in paid)
        )

    def _sentences(self, kinds: list[str]) -> list[str]:
        """What each shop wants disclosed, in the order in which readers meet the shops."""
        wanted = (self.policy.rules[kind].disclosure for kind in dict.fromkeys(kinds))
        return [each for each in dict.fromkeys(wanted) if each]


def _is_corrected(finding: Finding, link: ShopLink) -> bool:
    """Whether the blogger said that this link's number means another book or edition."""
    return (finding.isbn13, finding.asin) != (link.isbn13, link.asin)


def _is_whole(change: Change, target: Target) -> bool:
    """Whether the change makes a link of its own, behind which more may stand."""
    return change.after.endswith(("</a>", ")")) and target.shop != ""
