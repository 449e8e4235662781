"""Logistic regression for sparse, named features: AdaGrad with an L2 penalty, deterministic."""

import math
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """Named features, one number (`offset`, weighed by the slope), and whether it is a title."""

    features: Sequence[str]
    positive: bool
    weight: float = 1.0
    offset: float | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """Bias, slope of the offset, and the weight of each feature."""

    bias: float
    slope: float
    weights: dict[str, float]

    def log_odds(self, example: Example) -> float:
        weigh = self.weights.get
        offset = self.slope * example.offset if example.offset is not None else 0.0
        return self.bias + offset + sum(weigh(name, 0.0) for name in example.features)


def fit(
    examples: Sequence[Example],
    priors: Mapping[str, float],
    *,
    epochs: int = 14,
    pull: float = 12.0,
) -> Model:
    """Weights that make the examples likely and stay near the priors (0 for those without).

    `pull` is the priors' strength: the inverse of the variance that they allow. The same
    examples give the same weights.
    """
    weights: dict[str, float] = defaultdict(float)
    for example in examples:
        for name in example.features:
            weights[name] = priors.get(name, 0.0)
    weights["*bias"] = priors.get("*bias", 0.0)
    weights["*slope"] = priors.get("*slope", 0.0)
    l2 = pull / max(1, len(examples))
    squares: dict[str, float] = defaultdict(lambda: 1.0)
    shuffled = list(examples)
    chance = random.Random(5)
    for epoch in range(epochs):
        chance.shuffle(shuffled)
        rate = 0.5 / (1 + 0.1 * epoch)
        for example in shuffled:
            _step(example, weights, squares, rate, l2, priors)
    bias = weights.pop("*bias", 0.0)
    slope = weights.pop("*slope", 0.0)
    return Model(bias, slope, {name: weight for name, weight in weights.items() if weight})


def _step(
    example: Example,
    weights: dict[str, float],
    squares: dict[str, float],
    rate: float,
    l2: float,
    priors: Mapping[str, float],
) -> None:
    inputs = [("*bias", 1.0), *((name, 1.0) for name in example.features)]
    if example.offset is not None:
        inputs.append(("*slope", example.offset))
    odds = sum(weights[name] * value for name, value in inputs)
    chance = 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))
    error = (chance - example.positive) * example.weight
    for name, value in inputs:
        gradient = error * value
        if name != "*bias":
            gradient += l2 * (weights[name] - priors.get(name, 0.0))
        squares[name] += gradient * gradient
        weights[name] -= rate * gradient / math.sqrt(squares[name])
