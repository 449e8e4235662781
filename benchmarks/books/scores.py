"""How good answers are: F1 by gold/score.py, precision and recall by confidence, calibration."""

import importlib.util
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.books.evaluate import Answer
from service.find.mentions import SUREST
from service.resolve import SUGGEST

_STEPS = 50


def score(rows: Sequence[dict[str, Any]], answers: Iterable[Answer], folder: Path) -> Any:
    """What the data's own score.py says of what is suggested or linked: F1 of mentions (`exact`)
    and of titles (`doc_title`)."""
    spec = importlib.util.spec_from_file_location("score", folder / "gold" / "score.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(folder / "gold" / "score.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.score(rows, {each.post.id: each.mentions for each in answers}, SUGGEST)


def judged(answers: Iterable[Answer]) -> list[tuple[float, bool]]:
    """The confidence of every mention, and whether it is right; optional ones left out."""
    return [
        (m["confidence"], (m["ns_start"], m["ns_end"]) in each.post.titles)
        for each in answers
        for m in each.mentions
        if (m["ns_start"], m["ns_end"]) in each.post.titles
        or not any(m["ns_start"] < b and a < m["ns_end"] for a, b in each.post.optional)
    ]


def precision_recall(answers: Sequence[Answer], above: float) -> tuple[float, float]:
    """Of the mentions at least so sure: how many are right; and how many of all that are."""
    told = [right for confidence, right in judged(answers) if confidence >= above]
    marked = sum(len(each.post.titles) for each in answers)
    return sum(told) / max(1, len(told)), sum(told) / max(1, marked)


def table(answers: Iterable[Answer]) -> Iterable[tuple[str, float, int]]:
    """Tenths of confidence: what was said on average, what was right, of how many."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for confidence, right in judged(answers):
        bins[min(9, int(confidence * 10))].append((confidence, right))
    for _, those in sorted(bins.items()):
        said = sum(confidence for confidence, _ in those) / len(those)
        yield f"{said:.2f}", sum(right for _, right in those) / len(those), len(those)


def calibrated(answers: Iterable[Answer]) -> tuple[float, float]:
    """Slope and bias of the log-odds under which the confidences are likeliest (Platt, 1999)."""
    points = []
    for confidence, right in judged(answers):
        sure = min(max(confidence / SUREST, 1e-4), 1 - 1e-4)
        points.append((math.log(sure / (1 - sure)), float(right)))
    slope, bias = 1.0, 0.0
    for _ in range(_STEPS):
        slope, bias = _newton(points, slope, bias)
    return slope, bias


def _newton(
    points: Sequence[tuple[float, float]], slope: float, bias: float
) -> tuple[float, float]:
    """One step of Newton's method for a logistic regression on one number."""
    g0 = g1 = h00 = h01 = h11 = 0.0
    for odds, right in points:
        chance = 1 / (1 + math.exp(-(slope * odds + bias)))
        error, spread = chance - right, chance * (1 - chance) + 1e-9
        g0, g1 = g0 + error, g1 + error * odds
        h00, h01, h11 = h00 + spread, h01 + spread * odds, h11 + spread * odds * odds
    determinant = h00 * h11 - h01 * h01
    return (
        slope - (h00 * g1 - h01 * g0) / determinant,
        bias - (h11 * g0 - h01 * g1) / determinant,
    )
