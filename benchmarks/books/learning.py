"""Logistic regression for sparse, named features, drawn towards priors: L-BFGS, deterministic.

The penalty is (w - prior)² · pull / 2 for every weight, the maximum a posteriori of normal
priors. After Nocedal & Wright, Numerical Optimization, 2nd ed., algorithm 7.4.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from service.find.scorer import Weights

_ITERATIONS = 80
_MEMORY = 7
_BIAS = "*bias"
_PULL_OF_BIAS = 0.1


@dataclass(frozen=True, slots=True)
class Example:
    """Named features, whether they are a title's, and how much the example counts."""

    features: Iterable[str]
    positive: bool
    weight: float = 1.0


class _Loss:
    """The penalised log-loss of examples as a function of the vector of weights."""

    def __init__(
        self, examples: Iterable[Example], priors: Mapping[str, float], pull: float
    ) -> None:
        names = {name: place for place, name in enumerate(dict.fromkeys((_BIAS, *priors)))}
        indices: list[int] = []
        begins: list[int] = []
        positive: list[float] = []
        weight: list[float] = []
        for example in examples:
            begins.append(len(indices))
            indices.append(0)
            indices += [names.setdefault(name, len(names)) for name in example.features]
            positive.append(float(example.positive))
            weight.append(example.weight)
        self.names = names
        self.indices = np.array(indices)
        self.begins = np.array(begins)
        self.lengths = np.diff([*begins, len(indices)])
        self.positive = np.array(positive)
        self.weight = np.array(weight)
        self.start = np.array([priors.get(name, 0.0) for name in names])
        self.pulls = np.full(len(names), pull)
        self.pulls[0] = _PULL_OF_BIAS

    def at(self, weights: Any) -> tuple[float, Any]:
        """The loss and its gradient."""
        away = weights - self.start
        odds = np.add.reduceat(weights[self.indices], self.begins)
        losses = np.logaddexp(0.0, odds) - self.positive * odds
        error = self.weight * (1 / (1 + np.exp(-odds)) - self.positive)
        spread = np.repeat(error, self.lengths)
        gradient = self.pulls * away + np.bincount(self.indices, spread, len(weights))
        return float(self.pulls @ away**2 / 2 + self.weight @ losses), gradient


def fit(examples: Iterable[Example], priors: Mapping[str, float], *, pull: float) -> Weights:
    """Weights that make the examples likely and stay near the priors (0 for those without).

    `pull` is the priors' strength: the inverse of the variance that they allow. The same
    examples give the same weights.
    """
    problem = _Loss(examples, priors, pull)
    named = dict(zip(problem.names, _minimum(problem).tolist(), strict=True))
    return Weights(named.pop(_BIAS), named)


def as_priors(weights: Weights) -> dict[str, float]:
    """What was learned, as what to start from."""
    return {_BIAS: weights.bias, **weights.weights}


def _minimum(problem: _Loss) -> Any:
    point = problem.start
    loss, gradient = problem.at(point)
    memory: list[tuple[Any, Any, float]] = []
    for _ in range(_ITERATIONS):
        direction = _direction(gradient, memory)
        slope = direction @ gradient
        step = 1.0 if memory else 1.0 / (1.0 + math.sqrt(gradient @ gradient))
        while True:
            moved = point + step * direction
            new_loss, new_gradient = problem.at(moved)
            if new_loss <= loss + 1e-4 * step * slope or step < 1e-8:
                break
            step /= 2
        change, turn = moved - point, new_gradient - gradient
        curvature = float(change @ turn)
        if curvature > 1e-10:
            memory = [*memory[-_MEMORY + 1 :], (change, turn, curvature)]
        settled = abs(loss - new_loss) < 1e-5 * (1 + abs(loss))
        point, loss, gradient = moved, new_loss, new_gradient
        if settled:
            break
    return point


def _direction(gradient: Any, memory: list[tuple[Any, Any, float]]) -> Any:
    """Minus the inverse curvature, as far as remembered, times the gradient (two loops)."""
    found = -gradient
    shares = []
    for change, turn, curvature in reversed(memory):
        share = (change @ found) / curvature
        shares.append(share)
        found = found - share * turn
    if memory:
        _, turn, curvature = memory[-1]
        found = found * (curvature / (turn @ turn))
    for (change, turn, curvature), share in zip(memory, reversed(shares), strict=True):
        found = found + (share - (turn @ found) / curvature) * change
    return found
