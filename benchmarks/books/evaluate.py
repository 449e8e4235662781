"""What find and resolve say of marked posts, with weights that have not seen their blog."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from benchmarks.books.marked import Looked, Post, solid_of
from benchmarks.books.models import Models, learned, taught_by_written
from service.find import find
from service.find.reading import read
from service.model import Thresholds
from service.ports import Catalogue
from service.resolve import open_catalogue, resolve

_ALL = Thresholds(suggest=0.0)
_FOLDS = 4


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found in a post: `mentions` as gold/score.py reads them."""

    post: Post
    mentions: list[dict[str, Any]]


def left_out(
    looked: Mapping[str, Sequence[Looked]],
    catalogues: Mapping[str, Catalogue | None],
    priors: Mapping[str, float],
    calibration: tuple[float, float] = (1.0, 0.0),
) -> dict[str, list[Answer]]:
    """The answers for every catalogue, each blog left out of the learning in turn."""
    answers: dict[str, list[Answer]] = {name: [] for name in catalogues}
    every = [each for posts in looked.values() for each in posts]
    for blog in sorted({each.post.blog for each in every}):
        models = learned([each for each in every if each.post.blog != blog], priors)
        with weighed_by(models, calibration):
            for name, catalogue in catalogues.items():
                posts = [each.post for each in looked[name] if each.post.blog == blog]
                answers[name] += [answer(post, catalogue) for post in posts]
        print(f"left out: {blog}", file=sys.stderr)
    return answers


def written_left_out(
    marked: Sequence[Looked],
    written: Sequence[Looked],
    catalogues: Mapping[str, Catalogue | None],
    made_up: Mapping[str, float],
    calibration: tuple[float, float] = (1.0, 0.0),
) -> dict[str, list[Answer]]:
    """The answers for posts written for Bookplate, a share of the bloggers left out in turn."""
    answers: dict[str, list[Answer]] = {name: [] for name in catalogues}
    posts = {each.post.id: each.post for each in written}
    bloggers = sorted({each.post.blog for each in written})
    for fold in range(_FOLDS):
        held = set(bloggers[fold::_FOLDS])
        others = [each for each in written if each.post.blog not in held]
        with weighed_by(learned(marked, taught_by_written(others, made_up)), calibration):
            for name, catalogue in catalogues.items():
                answers[name] += [
                    answer(post, catalogue) for post in posts.values() if post.blog in held
                ]
    return answers


@contextmanager
def weighed_by(models: Models, calibration: tuple[float, float]) -> Iterator[None]:
    """find with these weights instead of those that ship."""
    stages = {"first": models.first, "second": models.second}
    with (
        patch("service.find.scorer.weights", stages.__getitem__),
        patch("service.find.scorer.calibration", lambda: calibration),
    ):
        yield


def answer(post: Post, catalogue: Catalogue | None) -> Answer:
    """The post's mentions, unlikely ones too: `confidence` says which would be told."""
    document = post.document
    reading = read(document)
    solid = solid_of(reading)
    found = []
    # which book it is, is not measured here: any catalogue will do for that
    known = catalogue or open_catalogue()
    for each in resolve(find(document, (), catalogue), document, known, thresholds=_ALL):
        if each.kind == "book_mention":
            start = solid[reading.text.text_offset(each.start)]
            end = start + sum(not character.isspace() for character in each.text)
            found.append(
                {
                    "title": each.text,
                    "ns_start": start,
                    "ns_end": end,
                    "confidence": each.confidence,
                }
            )
    return Answer(post, found)
