"""Weights learned from posts: for the first look, and for the second.

What the second look sees are likelihoods that a first model gave to posts which it had not seen,
as it will be with new blogs. What made-up posts teach is what the weights of written ones are
drawn towards, and those of marked ones towards what written ones teach.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.books.learning import as_priors, fit
from benchmarks.books.marked import Looked, examples
from service.find.mentions import second_look
from service.find.relations import Weighed
from service.find.scorer import Weights

#: what a person would give each feature before having seen data
_TASTE: Mapping[str, float] = json.loads(
    Path(__file__).with_name("priors.json").read_text(encoding="utf-8")
)
_FOLDS = 4
_PULL_OF_TASTE = 6.0
_PULL_OF_MADE_UP = 16.0
_PULL_OF_WRITTEN = 32.0


@dataclass(frozen=True, slots=True)
class Models:
    """The weights of both looks."""

    first: Weights
    second: Weights


def learned(posts: Sequence[Looked], priors: Mapping[str, float]) -> Models:
    """The weights of marked posts, drawn towards the priors."""
    return _models(posts, priors, _PULL_OF_WRITTEN)


def priors_of(made_up: Sequence[Looked], written: Sequence[Looked]) -> dict[str, float]:
    """What made-up posts teach, and then written ones, to start from."""
    return taught_by_written(written, taught_by_made_up(made_up))


def taught_by_made_up(made_up: Sequence[Looked]) -> dict[str, float]:
    """The weights of made-up posts, drawn towards taste."""
    return {**_TASTE, **as_priors(_models(made_up, _TASTE, _PULL_OF_TASTE).second)}


def taught_by_written(written: Sequence[Looked], priors: Mapping[str, float]) -> dict[str, float]:
    """The weights of posts written for Bookplate, drawn towards what made-up posts taught."""
    return {**priors, **as_priors(_models(written, priors, _PULL_OF_MADE_UP).second)}


def _models(posts: Sequence[Looked], priors: Mapping[str, float], pull: float) -> Models:
    again = [
        example
        for looked, weighed in _crossed(posts, priors, pull)
        for example in examples(looked, weighed)
    ]
    return Models(_first(posts, priors, pull), fit(again, priors, pull=pull))


def _first(posts: Iterable[Looked], priors: Mapping[str, float], pull: float) -> Weights:
    return fit(
        (example for looked in posts for example in examples(looked, looked.candidates)),
        priors,
        pull=pull,
    )


def _crossed(
    posts: Sequence[Looked], priors: Mapping[str, float], pull: float
) -> Iterable[tuple[Looked, list[Weighed]]]:
    """Each post looked at twice, by a first model that has not seen its blog."""
    blogs = sorted({looked.post.blog for looked in posts})
    for fold in range(_FOLDS):
        held = set(blogs[fold::_FOLDS])
        first = _first((each for each in posts if each.post.blog not in held), priors, pull)
        for looked in posts:
            if looked.post.blog in held:
                yield looked, second_look(looked.places, looked.shelf, looked.fresh(), first)
