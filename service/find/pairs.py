"""Features that mean more together than each by itself."""

from collections.abc import Iterator, Sequence

_MARKED = frozenset(("is_em", "is_i", "is_cite", "is_quote", "is_a", "is_u"))
_TOLD = frozenset(
    "book_left1 book_left3 read_left1 titled_left1 by_name_after names_possessive_before".split()
)
_TOLD_NEARBY = frozenset(
    "read_left3 read_left8 book_left8 wrote_left1 wrote_left3 "
    "recommend_left1 recommend_left3".split()
)
_OTHER = frozenset(
    f"{name}_{place}"
    for name in ("film", "game", "song", "podcast", "course", "paper", "company", "software")
    for place in ("left1", "left3", "right1")
)
_SAID = frozenset(
    "book_right1 book_right4 book_right9 genre_right1 genre_right4 genre_right9 read_right4".split()
)
_PLAIN = frozenset(
    "is_caps is_caps_main is_caps_half is_caps_possessive is_caps_after_colon is_caps_tail "
    "is_caps_before_a_name is_known_word".split()
)
_OTHERWISE = frozenset(
    f"is_also_a_{kind}" for kind in ("place", "periodical", "company", "technology", "publisher")
)
_SHORT = frozenset(("words_1", "words_2"))
_ENDS_AFTER = frozenset(("stop_after", "comma_after", "verb_after", "colon_after"))
_BOUGHT = frozenset(f"recommend_left{place}" for place in "138")
_ON_SCREEN = frozenset(
    f"{name}_{place}"
    for name in ("film", "game")
    for place in ("left1", "left3", "right1", "right4")
)
_BY_AFTER = frozenset(("by_after", "by_name_after", "by_one_name_after"))
_OTHER_THING = frozenset(
    f"{name}_left{place}"
    for name in ("film", "game", "song", "podcast", "course", "paper", "company", "software")
    for place in "138"
)
_BOOK = frozenset(("book_left1", "book_left3", "book_left8"))
_CHAPTER = frozenset(("chapter_left1", "chapter_left3", "chapter_left8"))
#: an author stands where a list or a heading has one
_AUTHORED = frozenset(
    "by_name_after by_line_after name_line_after name_before is_line_by is_after_name "
    "name_after_bracket name_after_comma name_after_dash".split()
)
_ALONE = frozenset("whole_list_item alone_on_its_line at_line_start".split())
_ABOUT_BOOKS = frozenset(("post_title_is_about_books", "post_is_tagged_books", "bookish_3"))
_LINES = frozenset(("is_line", "is_h", "is_strong", "is_label"))
_HEADING_BY = frozenset(("in_h", "by_name_after", "author_is_a_person"))
_HEADING_LINE = frozenset(("is_line_by", "is_label"))
_COLON = frozenset(("has_colon", "has_subtitle"))
_AUTHOR_LINE = frozenset(("by_line_after", "name_line_after"))


def pairs(found: frozenset[str]) -> Iterator[str]:
    """What the features of a place mean together."""
    if "book_left1" in found:
        if found & _MARKED:
            yield "marked_and_called_a_book"
        elif found & _SHORT and found & _ENDS_AFTER:
            yield "short_and_called_a_book"
    if found & _MARKED:
        if {"names_possessive_before", "author_is_a_person"} <= found:
            yield "marked_and_somebodys"
        if "title_case" in found:
            yield "marked_title_case"
        if found & _TOLD:
            yield "marked_and_told"
        elif found & _TOLD_NEARBY and not found & _OTHER:
            yield "marked_and_told_nearby"
    elif found & _TOLD and "title_case" in found:
        yield "title_case_and_told"
    if "titled_left1" in found:
        if found & _CHAPTER:
            yield "chapter_then_titled"
        elif found & _OTHER_THING and not found & _BOOK:
            yield "other_then_titled"
        elif found & {"book_left3", "book_left8"}:
            yield "book_then_titled"
    if {"name_before", "title_case", "is_after_name"} <= found:
        yield "name_then_title"
    if {"at_line_start", "dash_after"} <= found and found & (_MARKED | {"is_strong", "is_b"}):
        yield "item_starts_marked"
    if found & {"book_left1", "book_left3"} and found & {"by_name_after", "by_one_name_after"}:
        yield "book_and_author"
    if {"book_left1", "title_case"} <= found:
        yield "book_then_title"
    if "is_label" in found and found & {"review_left1", "review_left3"}:
        yield "review_of"
    if "book_apposed_after" in found and found & {"book_right4", "book_right9"}:
        yield "then_called_a_book"
    if "verb_after" in found and found & _SAID:
        yield "said_to_be_a_book"
    by_a_person = "author_is_a_person" in found and found & _BY_AFTER
    if by_a_person and found & _SHORT and found & (_MARKED | _ALONE):
        yield "short_but_authored"
    if {"by_name_ends_the_line", "author_is_a_person"} <= found and found & _ALONE:
        yield "line_is_title_and_author"
    if "shop_after" in found and found & _BOUGHT:
        yield "bought_in_a_shop"
    if {"name_before", "author_is_a_person", "is_after_name"} <= found:
        yield "person_then_title"
    if "begins_the_posts_title" in found and found & _AUTHORED and "bookish_0" not in found:
        yield "title_and_author_name_the_post"
    if "whole_list_item" in found and "listed_under_books" in found:
        yield "item_under_books"
        if found & {"sentence_case", "mostly_lower"} and "starts_with_a_command" not in found:
            yield "item_under_books_in_lower_case"
    if found & _OTHERWISE:
        yield "marked_otherwise" if found & _MARKED else "plain_otherwise"
    if "one_participle" in found and found & _BY_AFTER:
        yield "done_by_somebody"
    if found & {"sentence_case", "mostly_lower"} and found & {"words_6-9", "words_10+"}:
        yield "long_in_lower_case"
    if "is_line_by" in found and found & {"sentence_case", "mostly_lower"}:
        yield "sentence_then_by"
    if {"title_case", "by_name_after"} <= found and not found & {"words_1", "words_2"}:
        yield "long_title_by_name"
    labelled = "review_inside" in found and found & _COLON
    if found >= _HEADING_BY and found & _HEADING_LINE and not labelled:
        yield "heading_by_a_person"
    if found & _LINES and found & _AUTHOR_LINE:
        yield "line_then_author"
    if found & _AUTHORED and found & _ALONE | found & {"is_after_name"}:
        if found & _ABOUT_BOOKS:
            yield "authored_in_a_post_on_books"
        elif "bookish_0" in found:
            yield "authored_in_a_post_without_books"
    if {name for name in found if name.startswith("is_")} <= _PLAIN:
        yield "only_capitals"
        if "at_sentence_start" in found:
            yield "only_capitals_at_start"


def known_pairs(found: Sequence[str], known: Sequence[str]) -> Iterator[str]:
    """What the catalogue says means more of words that nothing marks, and of lists."""
    size = next((name for name in known if name.startswith("known_") and name[6:] in _SIZES), "")
    if size and not _ON_SCREEN.isdisjoint(found):
        yield f"on_screen_{size}"
    if "only_capitals" in found:
        yield f"plain_{size}" if size else "plain_unknown"
    elif size:
        yield "marked_known"


_SIZES = frozenset(("1", "2", "3", "4+"))
