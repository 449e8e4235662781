"""What may be done to links on one channel, by the programme's rule and the blogger's ids."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from service.markup import unescaped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from service.model import Book, Finding, Rule, ShopLink
    from service.ports import Programme

_NEVER_TAGGED = {
    "short": "is a short link: it stays until it is known where it leads",
    "widget": "is a widget: its tag is set where it was made",
    "list": "is a list: what is bought from it for you earns nothing, so it carries no tag",
}


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link shall lead. `paid` tells whether the blogger earns by it."""

    url: str
    paid: bool
    rule: str
    why: str


@dataclass(slots=True)
class Policy:
    """Decides targets; gathers in `notes` what was left alone and why, each once."""

    programmes: Sequence[Programme]
    tracking_ids: Mapping[str, Mapping[str, str]]
    rule: Rule
    marketplace: str
    notes: dict[str, None] = field(default_factory=dict)

    @property
    def paid_links(self) -> bool:
        """Whether affiliate links may stand on this channel at all."""
        return self.rule.verdict in ("allowed", "labelled")

    def note(self, words: str) -> None:
        self.notes[words] = None

    def read(self, finding: Finding) -> tuple[Programme, ShopLink] | None:
        """The shop's link that a finding is, with its shop."""
        url = finding.url if finding.url is not None else unescaped(finding.text)
        for programme in self.programmes:
            link = programme.read(url)
            if link is not None:
                return programme, link
        return None

    def is_ours(self, programme: Programme, link: ShopLink) -> bool:
        return link.tag is not None and link.tag in self._ids(programme).values()

    def for_link(self, programme: Programme, link: ShopLink) -> Target | None:
        """Where a shop's link in the post shall lead; None to leave it as it is."""
        if not self.paid_links:
            return self._untagged(link)
        ids = self._ids(programme)
        url = programme.tagged(link, ids)
        if url is not None:
            return Target(url, True, "tag", _why_tagged(link, ids))
        self.note(self._why_not(programme, link))
        return None

    def for_book(self, book: Book) -> Target | None:
        """Where a new link for a book shall lead; None where there may be none."""
        if not self.paid_links:
            self.note(f"No book links here: {self.rule.why}")
            return None
        for programme in self.programmes:
            url = programme.link_for(book, self.marketplace, self._ids(programme))
            if url is not None:
                return Target(url, True, "book", _why_there(programme.read(url)))
        for programme in self.programmes[:1]:
            self.note(self._no_id(programme, self.marketplace))
        return None

    def _untagged(self, link: ShopLink) -> Target | None:
        if link.kind == "short":
            self.note(f"{link.url} {_NEVER_TAGGED['short']}, and may carry a tag")
        if link.tag is None or link.canonical is None:
            return None
        return Target(link.canonical, False, "untag", self.rule.why)

    def _ids(self, programme: Programme) -> Mapping[str, str]:
        return self.tracking_ids.get(programme.kind, {})

    def _why_not(self, programme: Programme, link: ShopLink) -> str:
        if link.kind in _NEVER_TAGGED:
            return f"{link.url} {_NEVER_TAGGED[link.kind]}"
        if link.marketplace is not None and link.marketplace not in self._ids(programme):
            return self._no_id(programme, link.marketplace)
        return f"{link.url} is no page that may carry a tracking id"

    def _no_id(self, programme: Programme, marketplace: str) -> str:
        return (
            f"No tracking id for {marketplace}: its links stay untagged. Set one: "
            f'[affiliate.{programme.kind}] "{marketplace}" = "…", or --tag {marketplace}=…'
        )


def _why_there(link: ShopLink | None) -> str:
    if link is not None and link.kind == "search":
        return "leads to a search: the edition is not known"
    return "leads to the book's page"


def _why_tagged(link: ShopLink, ids: Mapping[str, str]) -> str:
    mine = ids.get(link.marketplace or "")
    if link.tag is None:
        return f"a link to {link.marketplace} without a tag"
    if link.tag == mine:
        return "your tag, tidied"
    return f"the tag {link.tag} is not yours"
