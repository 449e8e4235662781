"""Logistic scores: features weighed by a data file, and the strongest of them in words."""

import json
import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent
#: features of the whole post are told after those of the place
_GENERAL = ("bookish_", "post_")
_OF_THE_POST = 0.3


@dataclass(frozen=True, slots=True)
class Weights:
    """What each feature adds to the log-odds; features without a weight add nothing."""

    bias: float
    weights: Mapping[str, float]

    def log_odds(self, features: Iterable[str]) -> float:
        weigh = self.weights.get
        return self.bias + sum([weigh(name, 0.0) for name in features])


@cache
def weights(stage: str) -> Weights:
    """The weights of a stage ("first" looks at one place, "second" at the whole post)."""
    data = json.loads((_HERE / "weights.json").read_text(encoding="utf-8"))[stage]
    return Weights(data["bias"], data["weights"])


@cache
def calibration() -> tuple[float, float]:
    """Slope and bias that make the second look's log-odds true: of what is said to be 80 % sure,
    80 % are right, on blogs that the weights have not seen."""
    data = json.loads((_HERE / "weights.json").read_text(encoding="utf-8"))["calibration"]
    return data["slope"], data["bias"]


def probability(log_odds: float) -> float:
    """The logistic function, without overflow."""
    if log_odds < -60:
        return 0.0
    return 1 / (1 + math.exp(-log_odds))


def reasons(names: Iterable[str], weighed: Mapping[str, float], most: int = 5) -> tuple[str, ...]:
    """The strongest features in words, those against after a "but"; none that says little."""
    phrases = _phrases()
    worth: dict[str, float] = {}
    for name in dict.fromkeys(names):
        if name in phrases:
            share = _OF_THE_POST if name.startswith(_GENERAL) else 1.0
            phrase = phrases[name]
            worth[phrase] = worth.get(phrase, 0.0) + weighed.get(name, 0.0) * share
    told = sorted(worth.items(), key=lambda each: -abs(each[1]))
    speaking_for = [phrase for phrase, weight in told if weight > 0.15][:most]
    against = [f"but {phrase}" for phrase, weight in told if weight < -0.6][:2]
    return (*speaking_for, *against)


@cache
def _phrases() -> dict[str, str]:
    data = tomllib.loads((_HERE / "reasons.toml").read_text(encoding="utf-8"))
    phrases: dict[str, str] = dict(data["features"])
    for name, what in data["classes"].items():
        for place, where in data["places"].items():
            phrases.setdefault(f"{name}_{place}", f"{what} {where}")
    return phrases
