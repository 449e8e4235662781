"""What a line stands under."""

import pytest

from service.find.headings import Headings
from service.find.language import language
from service.find.reading import read
from service.model import Document, Media

UNDER_BOOKS, UNDER_OTHERS = ("listed_under_books",), ("listed_under_other_things",)


def over(source: str, words: str, media: Media = "html") -> tuple[str, ...]:
    reading = read(Document(source, media))
    return Headings(reading, language("en")).over(
        reading.line_index(reading.text.text.index(words))
    )


@pytest.mark.parametrize(
    ("source", "media", "expected"),
    [
        ("<h2>Books I read</h2><ul><li>Quiet Days</li></ul>", "html", UNDER_BOOKS),
        ("<h2>Films</h2><ul><li>Quiet Days</li></ul>", "html", UNDER_OTHERS),
        ("<h2>Books</h2><h3>Loud Days</h3><p>x</p><h2>Films</h2><h3>Quiet Days</h3>", "html",
         UNDER_OTHERS),
        ("<h2>Books</h2><h3>Loud Days</h3><p>x</p><h3>Quiet Days</h3>", "html", UNDER_BOOKS),
        ("<p><strong>Suggested reading</strong></p><ul><li>Quiet Days</li></ul>", "html",
         UNDER_BOOKS),
        ("<p>Podcasts of the year:</p><ul><li>Quiet Days</li></ul>", "html", UNDER_OTHERS),
        ("<h2>What I learned</h2><p>Quiet Days</p>", "html", ()),
        ("<p>Quiet Days</p>", "html", ()),
        ("## Books\n\n- Quiet Days\n", "markdown", UNDER_BOOKS),
    ],
)  # fmt: skip
def test_the_nearest_heading_of_a_higher_rank_speaks(
    source: str, media: Media, expected: tuple[str, ...]
) -> None:
    assert over(source, "Quiet Days", media) == expected
