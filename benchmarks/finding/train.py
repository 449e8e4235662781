"""Learn what the cues are worth from marked posts, and measure it on blogs left out.

    python -m benchmarks.finding.train POSTS.jsonl CATALOGUE.jsonl.gz [--write]

POSTS: a line a post: `html`, `title`, `tags`, `repo` (the blog), `mentions` with `ns_start` and
`ns_end` (offsets that count characters other than white space) and `optional`.
Prints precision, recall and F1 of exact spans, every blog left out in turn; `--write` then learns
from all of them and writes the weights files of service/find and service/resolve.
"""

import argparse
import json
import math
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.finding.learning import Example, Model, fit
from service.find import find
from service.find.authors import authors_of
from service.find.language import spoken
from service.find.mentions import first_look, second_look
from service.find.places import Places
from service.find.reading import read
from service.find.relations import Weighed
from service.find.scorer import Weights
from service.model import Document, Finding
from service.ports import Catalogue
from service.resolve import resolve
from service.resolve.agreement import AgreementWeights, agreement, words_of
from service.resolve.catalogue import open_catalogue
from service.resolve.rows_catalogue import RowsCatalogue

ROOT = Path(__file__).resolve().parents[2] / "service"
#: what a person would give each feature before having seen data: weights are drawn towards it
PRIORS: dict[str, dict[str, float]] = json.loads(
    Path(__file__).with_name("priors.json").read_text(encoding="utf-8")
)
FOLDS = 4
NOTHING = RowsCatalogue(b"")


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found in a post, and what is marked there."""

    id: str
    mentions: list[dict[str, Any]]
    titles: set[tuple[int, int]]
    optional: list[tuple[int, int]]


@dataclass(slots=True)
class Marked:
    """A post with its candidates and the spans that are titles (offsets without white space)."""

    blog: str
    places: Places
    looked_at: list[Weighed]
    titles: set[tuple[int, int]]
    optional: list[tuple[int, int]]
    solid: list[int]
    words: frozenset[str]


def marked(row: Mapping[str, Any]) -> Marked:
    document = Document(row["html"], "html", None, row["title"] or None, tuple(row["tags"]))
    reading = read(document)
    places = Places(reading, spoken(reading.text.text, reading.language))
    solid = [0]
    for character in reading.text.text:
        solid.append(solid[-1] + (not character.isspace()))
    spans = [(m["ns_start"], m["ns_end"], m["optional"]) for m in row["mentions"]]
    return Marked(
        row["repo"],
        places,
        first_look(places),
        {(start, end) for start, end, optional in spans if not optional},
        [(start, end) for start, end, optional in spans if optional],
        solid,
        words_of(reading.text.text),
    )


def label(post: Marked, each: Weighed) -> tuple[bool, float]:
    """Whether it is a title, and how much it counts (0: marked as optional)."""
    start, end = post.solid[each.candidate.start], post.solid[each.candidate.end]
    if (start, end) in post.titles:
        return True, 1.0
    if any(start < b and a < end for a, b in post.optional):
        return False, 0.0
    near = any(start < b and a < end for a, b in post.titles)
    return False, 0.5 if near else 1.0


def examples(post: Marked, weighed: Sequence[Weighed], *, relations: bool) -> list[Example]:
    found = []
    for each in weighed:
        positive, weight = label(post, each)
        if weight:
            names = [*each.features, *each.relations] if relations else each.features
            found.append(Example(names, positive, weight))
    return found


def fit_first(posts: Sequence[Marked]) -> Model:
    found = [e for post in posts for e in examples(post, post.looked_at, relations=False)]
    return fit(found, PRIORS["find"])


def as_weights(model: Model) -> Weights:
    return Weights(model.bias, model.weights)


def crossed(posts: Sequence[Marked]) -> list[tuple[Marked, list[Weighed]]]:
    """Each post looked at twice, by a first model that has not seen its blog."""
    blogs = sorted({post.blog for post in posts})
    out = []
    for fold in range(min(FOLDS, len(blogs))):
        held = set(blogs[fold::FOLDS])
        first = as_weights(fit_first([post for post in posts if post.blog not in held]))
        for post in posts:
            if post.blog in held:
                copies = [_fresh(each) for each in post.looked_at]
                out.append((post, second_look(post.places, copies, first)))
    return out


def _fresh(each: Weighed) -> Weighed:
    return Weighed(
        each.candidate, each.features, 0.0, each.line, each.role, each.kind, each.key, each.main_key
    )


def fit_all(posts: Sequence[Marked], catalogue: Catalogue) -> tuple[Model, Model, Model]:
    """The models of the first look, the second look, and the catalogue's agreement."""
    looked = crossed(posts)
    second = fit(
        [e for post, weighed in looked for e in examples(post, weighed, relations=True)],
        PRIORS["find"],
    )
    third = fit(_crossed_agreement(looked, catalogue), PRIORS["resolve"])
    return fit_first(posts), second, third


def _crossed_agreement(
    looked: Sequence[tuple[Marked, list[Weighed]]], catalogue: Catalogue
) -> list[Example]:
    blogs = sorted({post.blog for post, _ in looked})
    found = []
    for fold in range(min(FOLDS, len(blogs))):
        held = set(blogs[fold::FOLDS])
        second = fit(
            [
                e
                for post, weighed in looked
                if post.blog not in held
                for e in examples(post, weighed, relations=True)
            ],
            PRIORS["find"],
        )
        for post, weighed in looked:
            if post.blog in held:
                found += [e for _, e in agreements(post, weighed, as_weights(second), catalogue)]
    return found


def agreements(
    post: Marked, weighed: Sequence[Weighed], second: Weights, catalogue: Catalogue
) -> list[tuple[Weighed, Example]]:
    odds = [second.log_odds((*each.features, *each.relations)) for each in weighed]
    findings = [
        Finding(
            "book_mention",
            *post.places.reading.text.source_span(each.candidate.start, each.candidate.end),
            each.candidate.text,
            1 / (1 + math.exp(-odd)),
            "suggest",
            title=each.candidate.text,
        )
        for each, odd in zip(weighed, odds, strict=True)
    ]
    with_authors = authors_of(post.places.reading, findings)
    found = []
    for each, finding, odd in zip(weighed, with_authors, odds, strict=True):
        positive, weight = label(post, each)
        agreed = agreement(finding, catalogue.by_title(finding.text), lambda: post.words)
        if weight and odd > -5:
            found.append((each, Example(agreed.features, positive, weight, odd)))
    return found


def left_out(
    rows: Sequence[Mapping[str, Any]], posts: Sequence[Marked], catalogue: Catalogue, folds: int
) -> list[Answer]:
    """What find and resolve say of each post, with weights that have not seen its blog."""
    blogs = sorted({post.blog for post in posts})
    answers = []
    for fold in range(min(folds, len(blogs))):
        held = set(blogs[fold::folds])
        models = fit_all([post for post in posts if post.blog not in held], catalogue)
        with weighed_by(*models):
            for row, post in zip(rows, posts, strict=True):
                if post.blog in held:
                    answers.append(answer(row, post, catalogue))
        print(f"left out: {', '.join(sorted(held))}", file=sys.stderr)
    return answers


@contextmanager
def weighed_by(first: Model, second: Model, third: Model) -> Iterator[None]:
    """find and resolve with these weights instead of those that ship."""
    stages = {"first": as_weights(first), "second": as_weights(second)}
    agreed = AgreementWeights(third.bias, third.slope, third.weights)
    with (
        patch("service.find.mentions.weights", stages.__getitem__),
        patch("service.resolve.mentions.weights", lambda: agreed),
    ):
        yield


def answer(row: Mapping[str, Any], post: Marked, catalogue: Catalogue) -> Answer:
    """The post's mentions, all that are suggested or linked."""
    document = Document(row["html"], "html", None, row["title"] or None, tuple(row["tags"]))
    text = post.places.reading.text
    found = []
    for each in resolve(find(document, ()), document, catalogue):
        if each.kind == "book_mention":
            start = post.solid[text.text_offset(each.start)]
            end = start + sum(not character.isspace() for character in each.text)
            found.append(
                {
                    "title": each.text,
                    "ns_start": start,
                    "ns_end": end,
                    "confidence": each.confidence,
                }
            )
    return Answer(row["id"], found, post.titles, post.optional)


def report(answers: Sequence[Answer]) -> None:
    """Precision and recall of exact spans by threshold, and how true the confidence is."""
    total = sum(len(each.titles) for each in answers)
    scored = [
        (m["confidence"], (m["ns_start"], m["ns_end"]) in each.titles)
        for each in answers
        for m in each.mentions
        if not any(m["ns_start"] < b and a < m["ns_end"] for a, b in each.optional)
    ]
    for threshold in (0.35, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95):
        right = sum(positive for likely, positive in scored if likely >= threshold)
        named = sum(likely >= threshold for likely, _ in scored)
        precision = right / named if named else 1.0
        recall = right / total if total else 0.0
        f1 = 2 * precision * recall / (precision + recall) if right else 0.0
        print(f"  ≥ {threshold:.2f}  precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}")
    bins: dict[int, list[bool]] = defaultdict(list)
    for likely, positive in scored:
        bins[min(9, int(likely * 10))].append(positive)
    for tenth, hits in sorted(bins.items()):
        print(f"  said {tenth / 10:.1f}–{tenth / 10 + 0.1:.1f}: right {sum(hits)} of {len(hits)}")


def write(posts: Sequence[Marked], catalogue: Catalogue) -> None:
    """Weights learned from all posts, with where they come from."""
    first, second, third = fit_all(posts, catalogue)
    blogs = len({post.blog for post in posts})
    source = (
        f"Learned by benchmarks/finding/train.py from {len(posts)} marked posts of {blogs} blogs."
    )
    stages = {"source": source, "first": _stage(first), "second": _stage(second)}
    _write(ROOT / "find" / "weights.json", stages)
    _write(
        ROOT / "resolve" / "weights.json",
        {"source": source, "slope": round(third.slope, 4), **_stage(third)},
    )


def _stage(model: Model) -> dict[str, Any]:
    weights = {n: round(w, 3) for n, w in sorted(model.weights.items()) if abs(w) >= 0.01}
    return {"bias": round(model.bias, 4), "weights": weights}


def _write(path: Path, data: object) -> None:
    text = json.dumps(data, ensure_ascii=False, indent=1) + "\n"
    path.write_text(text, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("posts", type=Path)
    parser.add_argument("catalogue", type=Path)
    parser.add_argument("--folds", type=int, default=99, help="fewer folds leave out several blogs")
    parser.add_argument("--answers", type=Path, help="write what was found, by left-out weights")
    parser.add_argument("--write", action="store_true", help="learn from all, write the weights")
    asked = parser.parse_args()
    with asked.posts.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    posts = [marked(row) for row in rows]
    catalogue = open_catalogue(asked.catalogue)
    if asked.folds:
        for name, books in (("with catalogue", catalogue), ("without catalogue", NOTHING)):
            answers = left_out(rows, posts, books, asked.folds)
            print(name)
            report(answers)
            if asked.answers:
                save(asked.answers.with_suffix(f".{name.split()[0]}.jsonl"), answers)
    if asked.write:
        write(posts, catalogue)


def save(path: Path, answers: Sequence[Answer]) -> None:
    """Write the answers as JSON Lines: id, mentions."""
    lines = [json.dumps({"id": each.id, "mentions": each.mentions}) for each in answers]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
