"""Logistic regression for sparse, named features, drawn towards priors: L-BFGS, deterministic.

The penalty is (w - prior)² · pull / 2 for every weight, the maximum a posteriori of normal
priors. After Nocedal & Wright, Numerical Optimization, 2nd ed., algorithm 7.4.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_ITERATIONS = 60
_MEMORY = 6
_BIAS, _SLOPE = "*bias", "*slope"


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


class _Loss:
    """The penalised log-loss of examples as a function of the vector of weights."""

    def __init__(
        self, examples: Sequence[Example], priors: Mapping[str, float], pull: float
    ) -> None:
        names = {_BIAS: 0, _SLOPE: 1}
        self.rows = [
            (
                [names.setdefault(name, len(names)) for name in example.features],
                example.offset or 0.0,
                float(example.positive),
                example.weight,
            )
            for example in examples
        ]
        self.names = names
        self.start = [priors.get(name, 0.0) for name in names]
        self.pulls = [0.1 if name == _BIAS else pull for name in names]

    def at(self, weights: list[float]) -> tuple[float, list[float]]:
        """The loss and its gradient."""
        away = [w - s for w, s in zip(weights, self.start, strict=True)]
        gradient = [p * d for p, d in zip(self.pulls, away, strict=True)]
        loss = sum(p * d * d for p, d in zip(self.pulls, away, strict=True)) / 2
        for indices, offset, positive, weight in self.rows:
            odds = weights[0] + weights[1] * offset + sum([weights[i] for i in indices])
            odds = max(-40.0, min(40.0, odds))
            chance = 1 / (1 + math.exp(-odds))
            loss -= weight * math.log(chance if positive else 1 - chance + 1e-18)
            error = weight * (chance - positive)
            gradient[0] += error
            gradient[1] += error * offset
            for i in indices:
                gradient[i] += error
        return loss, gradient


def fit(examples: Sequence[Example], priors: Mapping[str, float], *, pull: float = 6.0) -> Model:
    """Weights that make the examples likely and stay near the priors (0 for those without).

    `pull` is the priors' strength: the inverse of the variance that they allow. The same
    examples give the same weights.
    """
    problem = _Loss(examples, priors, pull)
    weights = _minimum(problem)
    named = dict(zip(problem.names, weights, strict=True))
    return Model(named.pop(_BIAS), named.pop(_SLOPE), named)


def _minimum(problem: _Loss) -> list[float]:
    point = list(problem.start)
    loss, gradient = problem.at(point)
    memory: list[tuple[list[float], list[float], float]] = []
    for _ in range(_ITERATIONS):
        direction = _direction(gradient, memory)
        slope = _dot(direction, gradient)
        step = 1.0 if memory else 1.0 / (1.0 + math.sqrt(_dot(gradient, gradient)))
        while True:
            moved = [p + step * d for p, d in zip(point, direction, strict=True)]
            new_loss, new_gradient = problem.at(moved)
            if new_loss <= loss + 1e-4 * step * slope or step < 1e-8:
                break
            step /= 2
        change = [m - p for m, p in zip(moved, point, strict=True)]
        turn = [n - g for n, g in zip(new_gradient, gradient, strict=True)]
        curvature = _dot(change, turn)
        if curvature > 1e-10:
            memory = [*memory[-_MEMORY + 1 :], (change, turn, curvature)]
        settled = abs(loss - new_loss) < 1e-5 * (1 + abs(loss))
        point, loss, gradient = moved, new_loss, new_gradient
        if settled:
            break
    return point


def _direction(
    gradient: list[float], memory: Sequence[tuple[list[float], list[float], float]]
) -> list[float]:
    """Minus the inverse curvature, as far as remembered, times the gradient (two loops)."""
    found = [-g for g in gradient]
    shares = []
    for change, turn, curvature in reversed(memory):
        share = _dot(change, found) / curvature
        shares.append(share)
        found = [f - share * t for f, t in zip(found, turn, strict=True)]
    if memory:
        _, turn, curvature = memory[-1]
        scale = curvature / _dot(turn, turn)
        found = [scale * f for f in found]
    for (change, turn, curvature), share in zip(memory, reversed(shares), strict=True):
        correction = share - _dot(turn, found) / curvature
        found = [f + correction * c for f, c in zip(found, change, strict=True)]
    return found


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return sum([a * b for a, b in zip(one, other, strict=True)])
