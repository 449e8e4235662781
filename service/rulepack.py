"""A programme's rule pack: what its policy says of links on each kind of channel, as dated data.

A pack is a JSON file beside its programme: `dated`; `sources` (marketplace → the policy's text);
`fallback`, the marketplace whose text judges those without one; `wording` (language → disclosure
and label); `networks` (network → verdict and why, and the verdict without a text of its own);
`other_networks` for those it does not name.
"""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any

from service.model import Rule

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from service.model import Verdict

STRICTEST_FIRST = ("forbidden", "post_link", "labelled", "allowed")
_DEFAULT_LANGUAGE = "en"


class RulePack:
    """A rule pack in a file, read when it is first asked."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._judged: dict[tuple[str, tuple[str, ...], str | None], Rule] = {}

    @cached_property
    def data(self) -> dict[str, Any]:
        """The pack as it stands in its file."""
        found: dict[str, Any] = json.loads(self._path.read_text(encoding="utf-8"))
        return found

    @property
    def networks(self) -> tuple[str, ...]:
        """The networks that the pack names."""
        return tuple(self.data["networks"])

    @property
    def marketplaces(self) -> tuple[str, ...]:
        """The marketplaces whose text the pack holds."""
        return tuple(self.data["sources"])

    def rule(self, network: str, marketplaces: Sequence[str], language: str | None) -> Rule:
        """The strictest of the rules of these marketplaces for links on such a network.

        A marketplace whose text the pack lacks is judged by the fallback's, and `why` says so.
        The wording is in `language` where the pack has it, else in the language of the only
        marketplace, else English.
        """
        key = (network, tuple(marketplaces), language)
        if key not in self._judged:
            self._judged[key] = self._judge(*key)
        return self._judged[key]

    def _judge(self, network: str, marketplaces: tuple[str, ...], language: str | None) -> Rule:
        sources = self.data["sources"]
        fallback = self.data["fallback"]
        without_text = [each for each in marketplaces if each not in sources]
        named = next((each for each in marketplaces if each in sources), fallback)
        entry = self._entry(network)
        verdicts: list[Verdict] = [entry["verdict"]]
        why: str = entry["why"]
        if without_text:
            verdicts.append(entry.get("without_text", entry["verdict"]))
            why = entry.get("why_without_text", why)
        spoken = self._language(language, marketplaces)
        words = self.data["wording"][spoken]
        return Rule(
            verdict=min(verdicts, key=STRICTEST_FIRST.index),
            why=_why(why, without_text, fallback),
            label=words["label"],
            disclosure=words["disclosure"],
            source=sources[named],
            dated=self.data["dated"],
            language=spoken,
        )

    def _entry(self, network: str) -> dict[str, Any]:
        entry: dict[str, Any] | None = self.data["networks"].get(network)
        if entry is not None:
            return entry
        other: dict[str, Any] = self.data["other_networks"]
        return {**other, "why": f"{network.replace('_', ' ').capitalize()} {other['why']}"}

    def _language(self, language: str | None, marketplaces: tuple[str, ...]) -> str:
        """The language of the wording: one that the pack has."""
        if language is None:
            spoken = {self.data.get("languages", {}).get(each) for each in marketplaces}
            language = spoken.pop() if len(spoken) == 1 else None
        chosen = (language or _DEFAULT_LANGUAGE)[:2].lower()
        return chosen if chosen in self.data["wording"] else _DEFAULT_LANGUAGE


def _why(why: str, without_text: list[str], fallback: str) -> str:
    if not without_text:
        return why
    markets = ", ".join(without_text)
    return f"{why} {markets} has a text of its own, judged here by that of {fallback}: read it."
