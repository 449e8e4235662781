"""What may be done to links on one channel, by each shop's rule and the blogger's ids."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from service.markup import unescaped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from service.model import Finding, OthersTags, Rule, ShopLink
    from service.ports import Programme

_NEVER_TAGGED = {
    "short": "is a short link: it stays until it is known where it leads",
    "widget": "is a widget: its tag is set where it was made",
    "list": "is a list: what is bought from it for you earns nothing, so it carries no tag",
}


class Target(NamedTuple):
    """Where a link shall lead: an address at a `shop`, of this `programme` kind.

    `paid` tells whether the blogger earns by it.
    """

    url: str
    paid: bool
    rule: str
    why: str
    programme: str = ""
    shop: str = ""


@dataclass(slots=True)
class Policy:
    """Decides targets; gathers in `notes` what was left alone and why, each once, in `breaks`
    what stands there although a rule forbids it, and which programmes were `concerned`.

    rules: programme kind → what its policy says of this channel. `shops` are the kinds that new
    links lead to. `own` are the blogger's tracking ids on any channel.
    """

    programmes: Sequence[Programme]
    tracking_ids: Mapping[str, Mapping[str, str]]
    rules: Mapping[str, Rule]
    marketplace: str
    shops: Sequence[str] = ("amazon",)
    others_tags: OthersTags = "replace"
    own: frozenset[str] = frozenset()
    notes: dict[str, None] = field(default_factory=dict)
    breaks: dict[str, None] = field(default_factory=dict)
    concerned: dict[str, None] = field(default_factory=dict)

    def note(self, words: str) -> None:
        self.notes[words] = None

    def may_pay(self, programme: Programme) -> bool:
        """Whether this shop's affiliate links may stand on this channel at all."""
        return self.rules[programme.kind].verdict in ("allowed", "labelled")

    def read(self, finding: Finding) -> tuple[Programme, ShopLink] | None:
        """The shop's link that a finding is, with its shop."""
        url = finding.url if finding.url is not None else unescaped(finding.text)
        for programme in self.programmes:
            link = programme.read(url)
            if link is not None:
                self.concerned[programme.kind] = None
                return programme, link
        return None

    def is_ours(self, programme: Programme, link: ShopLink) -> bool:
        """Whether the link carries a tracking id of the blogger's, of whichever channel."""
        ours = link.tag in self.own or link.tag in self._ids(programme).values()
        return link.tag is not None and ours

    # ── links that stand in the post ─────────────────────────────────────────────────────

    def for_link(
        self, programme: Programme, link: ShopLink, *, decided: bool = False
    ) -> Target | None:
        """Where a shop's link in the post shall lead; None to leave it as it is.

        `decided`: a person decided that it becomes the blogger's, whosever tag it carries.
        """
        if not self.may_pay(programme):
            return self._untagged(programme, link)
        others = link.tag is not None and not self.is_ours(programme, link)
        if others and self.others_tags != "replace" and not decided:
            self.note(f"{link.url} keeps the tag {link.tag}, which is not yours")
            return None
        ids = self._ids(programme)
        url = programme.tagged(link, ids)
        if url is not None:
            return _target(programme, url, "tag", _why_tagged(link, ids))
        self.note(self._why_not(programme, link))
        return None

    def stays(self, programme: Programme, link: ShopLink) -> None:
        """Take down that a link stands as it is although its tag had to go."""
        if link.kind == "short":
            what = f"{link.url} is a short link and may carry a tag"
        elif link.tag is not None:
            what = f"{link.url} carries the tag {link.tag}"
        else:
            return
        self.breaks[f"{what}. {self.rules[programme.kind].why}"] = None

    def _untagged(self, programme: Programme, link: ShopLink) -> Target | None:
        if link.kind == "short":
            self.note(f"{link.url} {_NEVER_TAGGED['short']}, and may carry a tag")
        if link.tag is None or link.canonical is None:
            self.stays(programme, link)
            return None
        why = self.rules[programme.kind].why
        return Target(link.canonical, False, "untag", why, programme.kind)

    # ── new links ────────────────────────────────────────────────────────────────────────

    def for_book(self, finding: Finding, marketplace: str | None = None) -> Target | None:
        """Where a new link for a finding's book shall lead; None where there may be none.

        Words that name a shop lead there; others to the first of the blogger's shops that can,
        to the blog's marketplace or to the one given.
        """
        book, shops = finding.book, self._shops_for(finding)
        marketplace = marketplace or self.marketplace
        if book is None:
            return None
        refused = unpaid = None
        for programme in shops:
            self.concerned[programme.kind] = None
            if not self.may_pay(programme):
                refused = refused or self.rules[programme.kind].why
                continue
            url = programme.link_for(book, marketplace, self._ids(programme))
            if url is not None:
                link = programme.read(url)
                target = _target(programme, url, "book", _why_there(link))
                if link is not None and link.tag is not None:
                    return target
                unpaid = unpaid or target
        if unpaid is not None:
            return Target(unpaid.url, False, "book", unpaid.why, unpaid.programme, unpaid.shop)
        if refused is not None:
            self.note(f"No book links here: {refused}")
        elif shops:
            self.note(self._no_id(shops[0], marketplace))
        return None

    def beside(self, finding: Finding, first: Target) -> list[Target]:
        """Where else the book of a new link may be had: the other shops that the blogger wishes,
        has an id for, and that know it by its ISBN-13."""
        book = finding.book
        if book is None or finding.isbn13 is None or first.programme not in self.shops:
            return []
        found = []
        for programme in self._wished():
            if programme.kind == first.programme or not self.may_pay(programme):
                continue
            url = programme.link_for(book, self.marketplace, self._ids(programme))
            link = programme.read(url) if url is not None else None
            if url is not None and link is not None and link.tag is not None:
                self.concerned[programme.kind] = None
                found.append(_target(programme, url, "book", _why_there(link)))
        return found

    def _shops_for(self, finding: Finding) -> list[Programme]:
        words = finding.text.casefold()
        named = [
            programme
            for programme in self.programmes
            if finding.kind == "book_link"
            and any(name.casefold() in words for name in programme.names)
        ]
        return named or self._wished()

    def _wished(self) -> list[Programme]:
        known = {programme.kind: programme for programme in self.programmes}
        return [known[kind] for kind in self.shops if kind in known]

    def _ids(self, programme: Programme) -> Mapping[str, str]:
        return self.tracking_ids.get(programme.kind, {})

    def _why_not(self, programme: Programme, link: ShopLink) -> str:
        if link.kind in _NEVER_TAGGED:
            return f"{link.url} {_NEVER_TAGGED[link.kind]}"
        if link.marketplace is not None and link.marketplace not in self._ids(programme):
            return self._no_id(programme, link.marketplace)
        return f"{link.url} is no page that may carry a tracking id"

    def _no_id(self, programme: Programme, marketplace: str) -> str:
        told = f"No tracking id for {marketplace}: its links stay untagged."
        return f"{told} {id_setting(programme.kind, marketplace)}, or give --tag {marketplace}=…"


def id_setting(kind: str, marketplace: str) -> str:
    """The line of bookplate.toml that sets a tracking id, and where it belongs."""
    return f'Add "{marketplace}" = "…" under [affiliate.{kind}]'


def _target(programme: Programme, url: str, rule: str, why: str) -> Target:
    return Target(url, True, rule, why, programme.kind, programme.names[0])


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
    if link.tag in ids.values():
        return f"your tag {link.tag} is another marketplace's"
    return f"the tag {link.tag} is not yours"
