"""Cues: which features hold at a place."""

import pytest

from service.find.candidates import Candidate
from service.find.cues import features
from service.find.language import language, spoken
from service.find.places import Places
from service.find.reading import read
from service.find.relations import Weighed, key_of, main_key_of, relate
from service.model import Document, Media


def at(source: str, words: str, media: Media = "text") -> set[str]:
    reading = read(Document(source, media))
    start = reading.text.text.index(words)
    places = Places(reading, language("en"))
    return set(features(places.place(Candidate(start, start + len(words), words))))


@pytest.mark.parametrize(
    ("source", "words", "feature"),
    [
        ("the book Deep Work is", "Deep Work", "book_left1"),
        ("a novel that is called Quiet Days", "Quiet Days", "book_then_titled"),
        ("This chapter is titled: Quiet Days", "Quiet Days", "chapter_then_titled"),
        ("Deep Work by Cal Newport", "Deep Work", "by_name_after"),
        ("“Deep Work”, by Cal Newport", "Deep Work", "by_name_after"),
        ("Deep Work by Newport", "Deep Work", "by_one_name_after"),
        ("Cal Newport’s new book Deep Work", "Deep Work", "names_possessive_before"),
        ("Deep Work\nBy Cal Newport\n", "Deep Work", "by_line_after"),
        ("Deep Work\nCal Newport\n", "Deep Work", "name_line_after"),
        ("#3: Cal Newport: Deep Work", "Deep Work", "name_before"),
        ("Ann Hill, the author of Quiet Days, says", "Quiet Days", "author_of_before"),
        ("Deep Work (2016) is", "Deep Work", "year_after"),
        ("watch the film Quiet Days", "Quiet Days", "film_left1"),
        ("a podcast, Quiet Days", "Quiet Days", "podcast_left1"),
        ("I met Mary Anne Wilson", "Mary Anne Wilson", "looks_like_a_name"),
        ("Call us on Monday Night", "Monday Night", "has_a_date_word"),
        ("a Summary\nSummary\n", "Summary", "is_a_usual_heading"),
    ],
)
def test_a_feature_is_named(source: str, words: str, feature: str) -> None:
    assert feature in at(source, words)


def test_words_of_an_earlier_sentence_are_not_near() -> None:
    found = at("I like the book. Quiet Days came and went.", "Quiet Days")
    assert "book_left1" not in found
    assert "book_in_the_sentence_before" in found


def test_elements_around_a_place_are_features() -> None:
    found = at("<ul><li><em>Deep Work</em> - good</li></ul>", "Deep Work", "html")
    assert {"in_em", "in_li", "at_line_start", "dash_after"} <= found


def weighed(text: str, start: int, likely: float, *features: str) -> Weighed:
    candidate = Candidate(start, start + len(text), text)
    return Weighed(candidate, list(features), likely, 0, "", "", key_of(text), main_key_of(text))


def test_a_title_speaks_for_its_short_form_and_against_other_readings() -> None:
    whole = weighed("Quiet Days: A Year", 0, 0.9)
    short = weighed("Quiet Days", 40, 0.1)
    part = weighed("Quiet", 0, 0.05)
    relate([whole, part, short])
    assert {"same_sure", "main_of_sure"} <= set(short.relations)
    assert "much_better_overlap" in part.relations


def test_what_the_post_calls_a_game_is_no_book_elsewhere() -> None:
    called = weighed("Quiet Days", 0, 0.4, "game_left1")
    again = weighed("Quiet Days", 40, 0.9)
    relate([called, again])
    assert "said_to_be_another_thing" in again.relations
    assert "same_sure" not in again.relations


@pytest.mark.parametrize(
    ("text", "declared", "code"),
    [
        ("Das ist ein Buch und der Roman ist nicht lang", None, "de"),
        ("Le livre est une histoire pour les enfants et la mère", None, "fr"),
        ("El libro es una historia que los niños y la madre", None, "es"),
        ("The book is a story that children read", None, "en"),
        ("whatever", "de-AT", "de"),
        ("", "pt", "en"),
    ],
)
def test_the_language_is_told(text: str, declared: str | None, code: str) -> None:
    assert spoken(text, declared).code == code
