"""Whether what would be sent obeys the shops' rules: the last look before it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from service.model import Article, Letter, Rewritten, Rule, ShortText
    from service.ports import Programme


def broken_rule(
    body: ShortText | Letter | Article,
    rewritten: Rewritten,
    programmes: Sequence[Programme],
    rules: Mapping[str, Rule],
) -> str | None:
    """What the body breaks which rule by, in words; None where it obeys them all.

    A social post is read as it stands, the blogger's own words in it included; of a letter or an
    article counts what rewriting could not mend.
    """
    if body.form != "short_text":
        return next(iter(rewritten.breaks), None)
    return next(
        filter(None, (_broken(body, each.target, programmes, rules) for each in body.links)), None
    )


def _broken(
    body: ShortText, url: str, programmes: Sequence[Programme], rules: Mapping[str, Rule]
) -> str | None:
    for programme in programmes:
        link = programme.read(url)
        if link is None or (link.tag is None and link.kind != "short"):
            continue
        rule = rules[programme.kind]
        if rule.verdict in ("post_link", "forbidden"):
            return f"{url} is an affiliate link. {rule.why}"
        if rule.verdict == "labelled" and rule.label and rule.label not in body.text:
            return f"{url} needs its label {rule.label}. {rule.why}"
    return None
