"""Cues: which features hold at a place."""

import pytest

from service.find.candidates import Candidate, candidates
from service.find.cues import features
from service.find.known import Shelf
from service.find.language import language, spoken
from service.find.mentions import first_look
from service.find.pairs import known_pairs
from service.find.places import Places
from service.find.reading import read
from service.find.relations import Weighed, key_of, main_key_of, relate
from service.find.series import frame, series
from service.model import Document, Media


def at(source: str, words: str, media: Media = "text", code: str = "en") -> set[str]:
    reading = read(Document(source, media))
    start = reading.text.text.index(words)
    places = Places(reading, language(code))
    return set(features(places.place(Candidate(start, start + len(words), words))))


@pytest.mark.parametrize(
    ("code", "source"),
    [
        ("fr", "le roman « Le hangar lent » de Jeanne Tallou"),
        ("es", "la novela «Le hangar lent», de Juana Tallo"),
        ("de", "der Roman „Le hangar lent“ von Johanna Tall"),
    ],
)
def test_an_author_follows_a_quoted_title_in_other_languages(code: str, source: str) -> None:
    assert "by_name_after" in at(source, "Le hangar lent", code=code)
    assert "by_before" in at(source, source[source.index(" J") + 1 :], code=code)


@pytest.mark.parametrize(
    ("source", "title"),
    [
        ("<h2>Quiet Days by Ann Hill</h2>", "Quiet Days"),
        ("<h1>Review: Quiet Days by Ann Hill</h1>", "Quiet Days"),
        ("<h2>Paper Stars by the Dozen</h2>", None),
        ("<p>Quiet Days by Ann Hill</p>", None),
    ],
)
def test_a_heading_names_a_book_and_a_person(source: str, title: str | None) -> None:
    reading = read(Document(source, "html"))
    found = first_look(Places(reading, language("en")), Shelf(reading.text.text, None))
    named = {e.candidate.text for e in found if "heading_by_a_person" in e.features}
    assert named == ({title} if title else set())


@pytest.mark.parametrize(
    ("source", "words", "feature"),
    [
        ("the book Deep Work is", "Deep Work", "book_left1"),
        ("a novel that is called Quiet Days", "Quiet Days", "book_then_titled"),
        ("This chapter is titled: Quiet Days", "Quiet Days", "chapter_then_titled"),
        ("Deep Work by Cal Newport", "Deep Work", "by_name_after"),
        ("“Deep Work”, by Cal Newport", "Deep Work", "by_name_after"),
        ("Deep Work by Newport", "Deep Work", "by_one_name_after"),
        ("Deep Work by Cal Newport is a book", "Cal Newport", "by_before"),
        ("Cal Newport’s new book Deep Work", "Deep Work", "names_possessive_before"),
        ("Deep Work\nBy Cal Newport\n", "Deep Work", "by_line_after"),
        ("Deep Work\nCal Newport\n", "Deep Work", "name_line_after"),
        ("#3: Cal Newport: Deep Work", "Deep Work", "name_before"),
        ("Ann Hill, the author of Quiet Days, says", "Quiet Days", "author_of_before"),
        ("Deep Work (2016) is", "Deep Work", "year_after"),
        ("Deep Work by Cal Newport", "Cal Newport", "by_before"),
        ("watch the film Quiet Days", "Quiet Days", "film_left1"),
        ("a podcast, Quiet Days", "Quiet Days", "podcast_left1"),
        ("I met Mary Anne Wilson", "Mary Anne Wilson", "looks_like_a_name"),
        ("Call us on Monday Night", "Monday Night", "has_a_date_word"),
        ("a Summary\nSummary\n", "Summary", "is_a_usual_heading"),
        ("I read his second book Quiet Days twice", "Quiet Days", "whose_book_before"),
        ("I read the book Quiet Days twice", "Quiet Days", "the_book_before"),
        ("They also wrote Quiet Days together", "Quiet Days", "wrote_left1"),
        ("Quiet Days is a great book", "Quiet Days", "said_to_be_a_book"),
        ("Quiet Days is still my favourite thriller", "Quiet Days", "said_to_be_a_book"),
        ("Deep Work by Cal Newport", "Deep Work", "author_is_a_person"),
        ("Deep Work by Cal Newport. Newport says so", "Deep Work", "author_named_again"),
        ("Quiet Days\nQuiet Days by Ann Hill\n", "Quiet Days", "next_line_begins_so"),
        ("I met Mary Anne Wilson", "Mary Anne Wilson", "is_named_like_a_person"),
        ("I met Mary and Bob there", "Mary and Bob", "only_first_names"),
        ("We live in San Francisco now", "San Francisco", "plain_otherwise"),
        ("as The Economist says", "The Economist", "is_also_a_periodical"),
        ("Praised by Kirkus Reviews for it", "Praised", "done_by_somebody"),
        ("we write JavaScript all day", "JavaScript", "is_also_a_technology"),
        ("Meet the Quiet Days Editor", "Quiet Days Editor", "head_is_job"),
        ("I bought Quiet Days on Amazon", "Quiet Days", "bought_in_a_shop"),
        ("O’Reilly’s Quiet Days is good", "Quiet Days", "publisher_before"),
        ("a critique of his book Quietness. I", "Quietness", "short_and_called_a_book"),
        ("Quietness by Ann Hill\n", "Quietness", "short_but_authored"),
        ("Ann Hill: Quiet Days", "Ann Hill: Quiet Days", "starts_with_a_name"),
        ("Quiet Days: A Year", "Quiet Days: A Year", "starts_like_a_name"),
        ("Quiet Days\nAnn Hill (born Ann Lee)\n", "Quiet Days", "name_line_after"),
        ("Click the Quiet Button\n", "Click the Quiet Button", "starts_with_a_command"),
        ("so I’m quiet", "I’m quiet", "starts_with_pronoun"),
        (
            "Our quiet days by the sea shore",
            "Our quiet days by the sea shore",
            "long_in_lower_case",
        ),
        ("Book review: Quiet Days", "Book review: Quiet Days", "starts_with_a_label"),
        ("Quiet Days by Ann Hill\nIt", "Quiet Days", "line_is_title_and_author"),
        ("He said “The Quiet Days” today", "Quiet Days", "quotation_begins_before"),
        ("see “A Quiet Day in Spring” too", "A Quiet Day", "quotation_goes_on"),
        ("tips for Successful Quiet Days", "Quiet Days", "capital_just_before"),
        ("Quiet Days (Ann Hill)", "Quiet Days", "name_after_bracket"),
        ("I have Quiet Days, Ann Hill. Good", "Quiet Days", "name_after_comma"),
        ("Quiet Days – Ann Hill", "Quiet Days", "name_after_dash"),
        ("Ann Hill’s Quiet Days", "Ann Hill’s Quiet Days", "starts_with_a_persons"),
        ("Quiet Days, Ann Hill", "Quiet Days, Ann Hill", "ends_with_a_person"),
        ("Marcus: Quiet Days", "Marcus: Quiet Days", "starts_with_a_name"),
        ("a talk under the title Quiet Days", "Quiet Days", "other_then_titled"),
        ("I have Quiet Days, his first novel, here", "Quiet Days", "then_called_a_book"),
        ("I have Quiet Days, Ann’s memoir of straw", "Quiet Days", "then_called_a_book"),
        ("the film, a movie on TV, and Quiet Days", "Quiet Days", "post_is_about_films_2"),
        ("I like this book. The book is long. Quiet Days", "Quiet Days", "one_book_1"),
    ],
)
def test_a_feature_is_named(source: str, words: str, feature: str) -> None:
    assert feature in at(source, words)


def test_other_languages_say_by_in_their_words() -> None:
    reading = read(Document("<p>die Stillen Tage von Anna Berg</p>"))
    places = Places(reading, language("de"))
    assert "by_name_after" in features(places.place(Candidate(4, 16, "Stillen Tage")))


def test_words_of_an_earlier_sentence_are_not_near() -> None:
    found = at("I like the book. Quiet Days came and went.", "Quiet Days")
    assert "book_left1" not in found
    assert "book_in_the_sentence_before" in found


def test_elements_around_a_place_are_features() -> None:
    found = at("<ul><li><em>Deep Work</em> - good</li></ul>", "Deep Work", "html")
    assert {"in_em", "in_li", "at_line_start", "dash_after"} <= found


@pytest.mark.parametrize(
    ("title", "feature"),
    [
        ("Quiet Days by Ann Hill", "title_and_author_name_the_post"),
        ("Book Review: Quiet Days by Ann Hill", "title_and_author_name_the_post"),
        ("What I learned from Quiet Days", "titles_a_post_on_one_book_1"),
    ],
)
def test_the_posts_title_names_the_book_it_is_about(title: str, feature: str) -> None:
    source = f"<h1>{title}</h1><p>I like this book. The author is kind.</p>"
    places = Places(read(Document(source, "html", None, title)), language("en"))
    start = places.text.index("Quiet Days")
    assert feature in features(places.place(Candidate(start, start + 10, "Quiet Days")))


def test_an_item_of_a_list_of_books_is_told() -> None:
    source = "<h2>Books</h2><ul><li>Quiet days</li><li>Loud nights</li></ul>"
    found = at(source, "Quiet days", "html")
    assert {"item_under_books", "item_under_books_in_lower_case"} <= found


@pytest.mark.parametrize(
    ("source", "words", "feature"),
    [
        ("I’m impressed by Ann’s humor", "I’m impressed", "by_one_name_after"),
        ("Ann Hill’s letter - Quiet Days", "Quiet Days", "names_possessive_before"),
    ],
)
def test_nobody_is_taken_for_an_author(source: str, words: str, feature: str) -> None:
    assert feature not in at(source, words)


@pytest.mark.parametrize(
    ("source", "title"),
    [
        ("The Dream: J.C.R. Lick and the Days were", "The Dream: J.C.R. Lick and the Days"),
        ("I learned it from The Book of Eels, Patrik Hill’s memoir", "The Book of Eels"),
        ("The one for October is Quiet Days.", "Quiet Days"),
        ("Not the Player’s Handbook, please", "Player’s Handbook"),
        ("He says that Quiet Days", "Quiet Days"),
        ("Bram’s chapter on Fonts in Quiet Book #5", "Quiet Book #5"),
    ],
)
def test_a_title_is_cut_out_of_a_run_of_capitals(source: str, title: str) -> None:
    reading = read(Document(source, "text"))
    assert title in {each.text for each in candidates(reading, language("en"))}


def test_what_stands_after_a_name_is_listed_too() -> None:
    source = "<h2>Books</h2><h3>#1: Ann Hill: Quiet Days</h3>"
    reading = read(Document(source, "html"))
    found = next(each for each in candidates(reading, language("en")) if each.text == "Quiet Days")
    assert "listed_under_books" in features(Places(reading, language("en")).place(found))


@pytest.mark.parametrize(
    ("heading", "feature"),
    [
        ("Books of the year", "listed_under_books"),
        ("Notes on a book", "under_a_book"),
        ("Great posts read", "listed_under_other_things"),
    ],
)
def test_a_heading_says_what_stands_under_it(heading: str, feature: str) -> None:
    assert feature in at(f"<h2>{heading}</h2><p>Quiet Days</p>", "Quiet Days", "html")


def test_words_in_marks_are_told_from_afar() -> None:
    reading = read(Document("I read, and liked, <em>Quiet Days</em>", "html"))
    marked = Candidate(20, 30, "Quiet Days", {"em"})
    found = features(Places(reading, language("en")).place(marked))
    assert "marked_and_told_nearby" in found


@pytest.mark.parametrize(
    ("source", "feature"),
    [
        ("the book <em>Quiet Days</em>", "marked_and_called_a_book"),
        ("Ann Hill’s <em>Quiet Days</em>", "marked_and_somebodys"),
    ],
)
def test_marks_mean_more_beside_a_word_for_a_book_or_an_author(source: str, feature: str) -> None:
    reading = read(Document(source, "html"))
    start = reading.text.text.index("Quiet")
    marked = Candidate(start, start + 10, "Quiet Days", {"em"})
    assert feature in features(Places(reading, language("en")).place(marked))


def test_a_known_title_on_the_screen_is_told_by_its_size() -> None:
    assert [*known_pairs(["film_left3", "is_em"], ["known_2"])] == [
        "on_screen_known_2",
        "marked_known",
    ]


def weighed(text: str, start: int, likely: float, *features: str) -> Weighed:
    candidate = Candidate(start, start + len(text), text)
    return Weighed(candidate, list(features), likely, 0, "", "", key_of(text), main_key_of(text))


def test_two_titles_joined_by_and_are_told_by_the_one_named_elsewhere() -> None:
    text = "Quiet Days and the Cold Soup. Quiet Days"
    both, half, again = (
        weighed(text[start:end], start, 0.5) for start, end in ((0, 28), (0, 10), (30, 40))
    )
    relate([both, half, again], text)
    assert "joins_a_title_named_elsewhere" in both.relations
    assert "half_named_elsewhere" in half.relations


def test_a_title_called_a_book_elsewhere_is_one() -> None:
    called = weighed("Quietness", 0, 0.1, "whose_book_before")
    again = weighed("Quietness", 40, 0.1)
    relate([called, again], "")
    assert "same_called_a_book" in again.relations


def test_a_title_on_the_screen_is_less_of_a_book_elsewhere() -> None:
    seen = weighed("Quiet Days", 0, 0.4, "on_screen_known_2")
    again = weighed("Quiet Days", 40, 0.9)
    relate([seen, again], "")
    assert "on_screen_elsewhere" in again.relations


def test_headings_of_one_rank_in_one_section_are_a_series() -> None:
    source = "<h2>Read</h2><h3>Quiet Days</h3><p>Ann Hill</p><h3>Loud Nights</h3><h4>Other</h4>"
    reading = read(Document(source, "html"))
    places = Places(reading, language("en"))
    frames = {}
    for words in ("Read", "Quiet Days", "Loud Nights", "Other", "Hill"):
        start = reading.text.text.index(words)
        frames[words] = frame(places.place(Candidate(start, start + len(words), words)), ())
    assert frames["Quiet Days"] == frames["Loud Nights"]
    assert len({*frames.values()}) == 4
    assert frames["Hill"] == ""


def test_lines_of_a_series_speak_for_each_other_by_their_likeliest_reading() -> None:
    lines = [weighed("Quiet Days", 20 * line, 0.9, "by_name_after") for line in range(5)]
    worse = weighed("Days", 6, 0.0)
    for line, each in enumerate(lines):
        each.line = line
    found = dict(zip("abcdef", (names for _, names in series([*lines, worse])), strict=True))
    assert found["a"] == found["f"] == ["series_sure_many", "series_authored_many"]


def test_the_neighbour_in_an_enumeration_speaks_for_a_title() -> None:
    text = "They wrote Quiet Days by Ann Hill, and Loud Nights. Cold Soup"
    names = {"Quiet Days": 0.9, "Loud Nights": 0.1, "Cold Soup": 0.1}
    found = [weighed(each, text.index(each), likely) for each, likely in names.items()]
    relate(found, text)
    assert ["beside_sure" in each.relations for each in found] == [False, True, False]


def test_a_title_speaks_for_its_short_form_and_against_other_readings() -> None:
    whole = weighed("Quiet Days: A Year", 0, 0.9)
    short = weighed("Quiet Days", 40, 0.1)
    part = weighed("Quiet", 0, 0.05)
    relate([whole, part, short], "")
    assert {"same_sure", "main_of_sure"} <= set(short.relations)
    assert "much_better_overlap" in part.relations


def test_what_the_post_calls_a_game_is_no_book_elsewhere() -> None:
    called = weighed("Quiet Days", 0, 0.4, "game_left1")
    again = weighed("Quiet Days", 40, 0.9)
    relate([called, again], "")
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
