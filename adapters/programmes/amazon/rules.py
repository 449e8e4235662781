"""What Amazon's Programme Policies say of a kind of channel, from the dated rule pack."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from service.model import Rule

_STRICTEST_FIRST = ("forbidden", "post_link", "labelled", "allowed")
_FALLBACK = "amazon.com"


@cache
def pack() -> dict[str, Any]:
    """The rule pack: rules, wordings, sources and their date."""
    data: dict[str, Any] = json.loads(
        Path(__file__).with_name("rules.json").read_text(encoding="utf-8")
    )
    return data


@cache
def rule(network: str, marketplaces: tuple[str, ...], language: str | None) -> Rule:
    """The strictest of the rules of these marketplaces for links on such a network.

    A marketplace whose text the pack doesn't hold is judged by the American one, and `why` says
    so. The wording is in `language` where the pack has it, else English.
    """
    rules = pack()
    sources = rules["sources"]
    without_text = [each for each in marketplaces if each not in sources]
    named = next((each for each in marketplaces if each in sources), _FALLBACK)
    entry = rules["networks"].get(network)
    if entry is None:
        other = rules["other_networks"]
        entry = {**other, "why": f"{network.replace('_', ' ').capitalize()} {other['why']}"}
    verdicts = [entry["verdict"]]
    if without_text:
        verdicts.append(entry.get("without_text", entry["verdict"]))
    words = _wording(language, marketplaces)
    verdict = min(verdicts, key=_STRICTEST_FIRST.index)
    return Rule(
        verdict=verdict,
        why=_why(entry["why"], without_text),
        label=words["label"] if verdict == "labelled" else None,
        disclosure=words["disclosure"] if verdict in ("labelled", "allowed") else None,
        source=sources[named],
        dated=rules["dated"],
    )


def _wording(language: str | None, marketplaces: tuple[str, ...]) -> dict[str, str]:
    wording: dict[str, dict[str, str]] = pack()["wording"]
    if language is None:
        language = "de" if marketplaces == ("amazon.de",) else "en"
    return wording.get(language[:2].lower(), wording["en"])


def _why(why: str, without_text: list[str]) -> str:
    if not without_text:
        return why
    markets = ", ".join(without_text)
    return f"{why} {markets} has a text of its own, judged here by that of {_FALLBACK}: read it."
