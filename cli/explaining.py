"""`bookplate scan --explain`: why words were found to name a book, or were not."""

import dataclasses
import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import typer

from cli.batch import Input, Tally, inputs, run
from cli.scan import document_of, opened
from cli.tables import console, plural
from service.model import Media

if TYPE_CHECKING:
    from rich.console import Console

    from service.explain import Explained, Explanation

_WIDE = 86
_OUTCOMES = {
    "link": "linked",
    "suggest": "suggested to you",
    "ignore": "left alone",
    "keep": "kept as it is",
    "rewrite": "a shop’s link, tagged as yours",
    "not told": "not told",
    "no candidate": "not looked at",
}


def explain_all(
    paths: list[str],
    phrase: str,
    form: Literal["auto"] | Media,
    catalogue: Path | None,
    as_json: bool,
) -> None:
    """Print why the phrase was found in each document, or was not."""
    tally = Tally()
    work = partial(_explanation, phrase=phrase, form=form, catalogue=catalogue)
    for outcome in run(inputs(paths), work, jobs=1, label="Explaining"):
        explanation = tally.good(outcome)
        if explanation is None:
            continue
        if as_json:
            _print_json(outcome.input.name, explanation)
        else:
            _print(console(), outcome.input.name, explanation)
    if tally.exit_code:
        raise typer.Exit(tally.exit_code)


def _explanation(
    source: Input, *, phrase: str, form: Literal["auto"] | Media, catalogue: Path | None
) -> "Explanation":
    from service import pipeline
    from service.plugins import programmes

    return pipeline.explain(
        document_of(source, form), phrase, programmes=programmes(), catalogue=opened(catalogue)
    )


def _print_json(name: str, explanation: "Explanation") -> None:
    told = {"source": name, **dataclasses.asdict(explanation)}
    told["places"] = [_place_json(each) for each in explanation.places]
    text = json.dumps(told, ensure_ascii=False)
    sys.stdout.write(text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n")


def _place_json(place: "Explained") -> dict[str, Any]:
    told = dataclasses.asdict(place)
    told["for"] = told.pop("speaking_for")
    return told


def _print(screen: "Console", name: str, explanation: "Explanation") -> None:
    screen.print(name, style="bold", markup=False)
    if explanation.nowhere:
        screen.print(f"  {explanation.nowhere}", markup=False)
    for place in explanation.places:
        _print_place(screen, place)
    if explanation.places:
        screen.print(
            f"{plural(len(explanation.places), 'place')}. Linked from {explanation.link:.0%}, "
            f"suggested from {explanation.suggest:.0%}.",
            markup=False,
        )


def _print_place(screen: "Console", place: "Explained") -> None:
    sure = f", {_percent(place.confidence)} sure" if place.confidence is not None else ""
    means = f", as “{place.title}”" if place.title and place.title != place.text else ""
    screen.print(f"\n  {_OUTCOMES[place.outcome]}{sure}{means}", markup=False, style="bold")
    screen.print(f"  {_cut(place.context)}", markup=False, style="dim")
    screen.print(f"  {place.because}", markup=False)
    for label, reasons in (("for", place.speaking_for), ("against", place.against)):
        for number, reason in enumerate(reasons):
            screen.print(f"    {label if number == 0 else '':<8} {reason}", markup=False)
    if not place.speaking_for and place.confidence is not None:
        screen.print("    for      nothing that says much", markup=False)


def _percent(confidence: float) -> str:
    """Only what is certain is 100 %."""
    rounded = round(confidence * 100)
    return f"{99 if rounded == 100 and confidence < 1 else rounded}%"


def _cut(context: str) -> str:
    words = " ".join(context.split())
    return words if len(words) <= 2 * _WIDE else f"{words[: 2 * _WIDE]}…"
