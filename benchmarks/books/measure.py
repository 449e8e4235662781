"""Measure how well books are found on blogs that the weights have not seen, and how fast.

    python -m benchmarks.books.measure FOLDER

FOLDER: see benchmarks.books.train. Every blog is left out of the learning in turn; F1 is that of
FOLDER/gold/score.py. Beside it: spaCy's small model, a dictionary alone, a grammar alone; and the
posts that we wrote, which are harder, a quarter of their bloggers left out in turn. Speed
is CPU time on the same posts, the shipped weights and the catalogue included, as a ratio to
spaCy's entity recognition alone.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.books import peers
from benchmarks.books.data import Data, load
from benchmarks.books.evaluate import Answer, left_out, written_left_out
from benchmarks.books.missing import folder_or_exit
from benchmarks.books.models import taught_by_made_up, taught_by_written
from benchmarks.books.scores import precision_recall, score, table
from service.find import find
from service.find.reading import read
from service.find.scorer import calibration
from service.ports import Catalogue
from service.resolve import LINK, resolve

_ROUNDS = 3
_SHOWN = ("narrow", "wide")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = folder_or_exit(parser.parse_args().folder)
    with tempfile.TemporaryDirectory() as scratch:
        data = load(folder, Path(scratch))
        looked, written = data.looked(), data.looked_at_written()
        made_up = taught_by_made_up(data.looked_at_made_up())
        priors = taught_by_written(written, made_up)
        answers = left_out(looked, data.catalogues, priors, calibration())
        print(f"{'':34}mentions F1  titles F1   at {LINK}: precision  recall")
        for name in ("none", *_SHOWN):
            _line(f"Bookplate, catalogue: {name}", data.rows, answers[name], folder)
        _peers(data, folder)
        marked = [each for posts in looked.values() for each in posts]
        others = written_left_out(marked, written, data.catalogues, made_up, calibration())
        for name in ("none", *_SHOWN):
            _line(f"posts that we wrote, {name}", data.written_rows, others[name], folder)
        for name in _SHOWN:
            print(f"calibration, catalogue: {name}")
            for said, right, count in table(answers[name]):
                print(f"  said {said}  right {right:.2f}  of {count}")
        _speed(data)


def _line(
    name: str, rows: Sequence[dict[str, Any]], answers: Sequence[Answer], folder: Path
) -> None:
    scored = score(rows, answers, folder)
    precision, recall = precision_recall(answers, LINK)
    print(
        f"{name:34}{scored['exact'][2]:11.3f}{scored['doc_title'][2]:11.3f}"
        f"{precision:22.3f}{recall:8.3f}"
    )


def _peers(data: Data, folder: Path) -> None:
    for name in _SHOWN:
        catalogue = data.catalogues[name]
        if catalogue is not None:
            told = [peers.by_dictionary(post, catalogue) for post in data.posts]
            _line(f"a dictionary alone, {name}", data.rows, told, folder)
    told = [peers.by_grammar(post) for post in data.posts]
    _line("a grammar alone", data.rows, told, folder)
    model = peers.spacy_model()
    told = [peers.by_spacy(post, model) for post in data.posts]
    _line("spaCy, small model", data.rows, told, folder)


def _speed(data: Data) -> None:
    texts = [read(post.document).text.text for post in data.posts]
    words = sum(len(text.split()) for text in texts)
    catalogue = data.catalogues["narrow"]
    assert catalogue is not None
    ours = min(_seconds(lambda: _scan(data, catalogue)) for _ in range(_ROUNDS))
    model: Any = peers.spacy_model()
    theirs = min(_seconds(lambda: [model(text) for text in texts]) for _ in range(_ROUNDS))
    print(
        f"{words / ours:,.0f} words a second of CPU, {theirs / ours:.1f} times spaCy's "
        f"entity recognition ({words / theirs:,.0f})"
    )


def _scan(data: Data, catalogue: Catalogue) -> None:
    for post in data.posts:
        resolve(find(post.document, (), catalogue), post.document, catalogue)


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


if __name__ == "__main__":
    main()
