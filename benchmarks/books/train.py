"""`make train`: learn what the cues are worth, and write service/find/weights.json.

    python -m benchmarks.books.train FOLDER

FOLDER holds gold/posts.jsonl (marked posts), data/catalogue.jsonl.gz and
data/readability_pages.tar.gz. The same data gives the same weights. The confidence is calibrated
on blogs left out of the learning, each in turn; benchmarks.books.measure prints how good they are.
"""

import argparse
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.books.data import Data, load
from benchmarks.books.evaluate import left_out
from benchmarks.books.marked import Looked
from benchmarks.books.missing import folder_or_exit
from benchmarks.books.models import Models, learned, priors_of
from benchmarks.books.scores import calibrated, precision_recall
from service.find.scorer import Weights

WEIGHTS = Path(__file__).resolve().parents[2] / "service" / "find" / "weights.json"
#: weights smaller than this say nothing
_LEAST = 0.01


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = folder_or_exit(parser.parse_args().folder)
    with tempfile.TemporaryDirectory() as scratch:
        data = load(folder, Path(scratch))
        looked = data.looked()
        priors = priors_of(data.looked_at_made_up(), data.looked_at_written())
        calibration = _calibration(data, looked, priors)
        models = learned([each for posts in looked.values() for each in posts], priors)
    WEIGHTS.write_text(_text(models, calibration, _source(data)), encoding="utf-8")
    print(f"wrote {WEIGHTS.name}: {len(models.second.weights)} weights")


def _calibration(
    data: Data, looked: Mapping[str, Sequence[Looked]], priors: Mapping[str, float]
) -> tuple[float, float]:
    answers = left_out(looked, data.catalogues, priors)
    slope, bias = calibrated(each for given in answers.values() for each in given)
    print(f"calibration: log-odds times {slope:.3f} plus {bias:.3f}")
    for name, given in answers.items():
        precision, recall = precision_recall(given, 0.5)
        print(f"  {name}: from 0.5 precision {precision:.3f} recall {recall:.3f}")
    return slope, bias


def _source(data: Data) -> str:
    blogs = len({post.blog for post in data.posts})
    bloggers = len({post.blog for post in data.written})
    made_up = sum(len(posts) for posts in data.made_up.values())
    return (
        f"Learned by benchmarks/books/train.py from {len(data.posts)} marked posts of {blogs} "
        f"blogs, {len(data.written)} that we wrote as {bloggers} bloggers "
        f"(benchmarks/books/written) and {made_up} made-up ones; calibrated on blogs left out."
    )


def _text(models: Models, calibration: tuple[float, float], source: str) -> str:
    slope, bias = calibration
    stages: dict[str, Any] = {
        "source": source,
        "calibration": {"slope": round(slope, 3), "bias": round(bias, 3)},
        "first": _stage(models.first),
        "second": _stage(models.second),
    }
    return json.dumps(stages, ensure_ascii=False, indent=1) + "\n"


def _stage(weights: Weights) -> dict[str, Any]:
    kept = {n: round(w, 3) for n, w in sorted(weights.weights.items()) if abs(w) >= _LEAST}
    return {"bias": round(weights.bias, 3), "weights": kept}


if __name__ == "__main__":
    main()
