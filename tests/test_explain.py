"""Why words were found to name a book, or were not, at each place where they stand."""

from typing import Any

import pytest

from service import pipeline
from service.explain import Explanation
from service.model import Document
from service.plugins import programmes


def explained(source: str, phrase: str, media: Any = "html") -> Explanation:
    return pipeline.explain(
        Document(source, media),
        phrase,
        programmes=programmes(),
        catalogue=pipeline.catalogue(),
    )


SURE = "<p>I read <em>Deep <b>Work</b></em> by Cal Newport, a good book.</p>"


def test_each_place_is_told_with_what_speaks_for_it_across_markup_and_case() -> None:
    told = explained(SURE + "<p>Deep  Work!</p>", "deep work")
    first, second = told.places
    assert first.outcome == "link"
    assert first.confidence == pytest.approx(0.99, abs=0.02)
    assert "“by” and a name follow" in first.speaking_for
    assert any("the catalogue knows" in each for each in first.speaking_for)
    assert f"{told.link:.0%}" in first.because
    assert SURE[first.start : first.end].startswith("Deep <b>Work")
    assert second.start > first.end


def test_what_is_too_unlikely_is_told_with_its_confidence_and_what_speaks_against_it() -> None:
    (place,) = explained("<p>She wrote It on a train.</p>", "It").places
    assert place.outcome == "not told"
    assert place.confidence is not None
    assert place.confidence < 0.4
    assert "a single word" in place.against


BECAUSE = [
    ("<p>The <code>Deep Work</code> class</p>", "Deep Work", "code"),
    ("<p>We did some deep work today.</p>", "deep work", "lower case"),
    ("<p>The Monday Team meets.</p>", "Monday Team", "neighbours"),
    ("<p>Buy the book on Amazon.</p>", "Buy the book on Amazon", "no one book"),
    (SURE + "<p>Buy the book on Amazon.</p>", "the book", "calls to buy"),
    (SURE, "Newport", "“Deep Work”|One capitalised word|neighbours"),
]


@pytest.mark.parametrize(("source", "phrase", "because"), BECAUSE)
def test_where_no_candidate_was_made_it_says_why(source: str, phrase: str, because: str) -> None:
    (place,) = explained(source, phrase).places
    assert place.outcome in ("no candidate", "not told")
    assert any(each in place.because for each in because.split("|"))


NOWHERE = [
    (SURE, "Deep Wrok", "“Deep Work"),
    ("<p>Nothing alike is here.</p>", "Xylophone Quarterly", "does not stand in the document."),
    ("<p><img alt='Deep Work'>text</p>", "Deep Work", "no reader sees it"),
    ("", "Deep Work", "does not stand"),
]


@pytest.mark.parametrize(("source", "phrase", "said"), NOWHERE)
def test_words_that_stand_nowhere_are_said_to(source: str, phrase: str, said: str) -> None:
    told = explained(source, phrase)
    assert not told.places
    assert told.nowhere is not None
    assert said in told.nowhere


@pytest.mark.parametrize("phrase", ["Ann's “Tale” – é", 'ANN’S "tale" - E'])
def test_quotes_dashes_accents_and_case_are_folded(phrase: str) -> None:
    (place,) = explained("It is Ann’s „Tale“ – e, she said.", phrase, "text").places
    assert place.text == "Ann’s „Tale“ – e"
