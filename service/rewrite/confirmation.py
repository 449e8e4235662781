"""A shop's rule as the blogger confirmed it for a channel, or decided otherwise."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.model import Rule, RuleConfirmation


def confirmed(rule: Rule, confirmation: RuleConfirmation | None) -> Rule:
    """The rule as it holds on a channel: the pack's own, or the blogger's, which says so.

    Label and disclosure stay the pack's.
    """
    if confirmation is None:
        return rule
    if confirmation.verdict is None or confirmation.verdict == rule.verdict:
        return replace(rule, confirmed=confirmation.confirmed)
    day = f" ({confirmation.confirmed})" if confirmation.confirmed else ""
    verdict, own = (_words(each) for each in (confirmation.verdict, rule.verdict))
    return replace(
        rule,
        verdict=confirmation.verdict,
        why=f'You decided: {verdict}, because "{confirmation.reason}"{day}. '
        f"The rule pack says {own}: {rule.why}",
        pack=rule.verdict,
        confirmed=confirmation.confirmed,
    )


def _words(verdict: str) -> str:
    return verdict.replace("_", " ")
