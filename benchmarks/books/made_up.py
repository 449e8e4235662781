"""Made-up posts: the sentences of sentences.toml with books of a catalogue put in.

They teach the weights wordings and lists that the few marked posts don't hold. The same seed gives
the same posts.
"""

import html
import random
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from service.model import Book

_WORDS = tomllib.loads(Path(__file__).with_name("sentences.toml").read_text(encoding="utf-8"))
_SLOT = re.compile(r"\{(\w+)\}")
#: stand around a title until its place is known
BEGINS, ENDS = "\ue000", "\ue001"
#: how a blog marks its titles, and how often
_MARKS = {
    "<em>{}</em>": 24,
    "<i>{}</i>": 8,
    "{}": 34,
    "“{}”": 7,
    '"{}"': 7,
    "<strong>{}</strong>": 5,
    '<a href="https://example.org/b/1">{}</a>': 6,
    '<em><a href="https://example.org/b/1">{}</a></em>': 3,
    "<a>{}</a>": 2,
    "<cite>{}</cite>": 2,
    "_{}_": 1,
    "<u>{}</u>": 1,
}
#: a heading with a name in it is a book's, hardly ever a film's
_OTHERS_ITEMS = [each for each in _WORDS["items"] if not re.match(r"<h[^>]*>[^<]*\{A\}", each)]
_LISTS = {
    "film": ("films", "games", "songs"),
    "talk": ("podcasts", "articles", "courses"),
    "tool": ("software", "companies"),
}


@dataclass(frozen=True, slots=True)
class MadeUp:
    """A post's HTML with its book titles between BEGINS and ENDS, its title and tags."""

    html: str
    title: str
    tags: tuple[str, ...]


def posts(books: Sequence[Book], count: int, seed: int = 1) -> Iterator[MadeUp]:
    """So many made-up posts about these books, each of a blog of its own."""
    rng = random.Random(seed)
    for _ in range(count):
        yield _Writer(rng, books).post()


class _Writer:
    """One made-up blogger at one post."""

    def __init__(self, rng: random.Random, books: Sequence[Book]) -> None:
        self.rng = rng
        self.books = books
        self.mark = rng.choices(list(_MARKS), list(_MARKS.values()))[0]
        self.consistent = rng.random() < 0.75
        self.case = rng.choices(("as it is", "sentence", "capitals"), (90, 7, 3))[0]
        self.subtitles = rng.choice((0.0, 0.1, 0.4, 0.9))

    def post(self) -> MadeUp:
        """A review, a list of books, a list of other things, a post with or without a book."""
        kind = self.rng.choices((self._review, self._list, self._diary, self._year), (3, 4, 4, 2))[
            0
        ]
        body, title, tags = kind()
        shown = f"<h1>{title}</h1>" if self.rng.random() < 0.5 else ""
        return MadeUp(shown + body, re.sub(f"<[^>]*>|{BEGINS}|{ENDS}", "", title), tags)

    # ── kinds of post ────────────────────────────────────────────────────────────────────

    def _review(self) -> tuple[str, str, tuple[str, ...]]:
        book = self._book()
        mark, self.mark = self.mark, self.rng.choice(("{}", "{}", "“{}”", self.mark))
        title = self._filled(self._one("book_posts"), book)
        self.mark = mark
        parts = [self._paragraph(book, self.rng.choice((0.3, 0.6))) for _ in range(self._few(2, 6))]
        if self.rng.random() < 0.4:
            parts.insert(1, f"<h2>{self._one('heads')}</h2>")
        return "".join(parts), title, self._tags()

    def _list(self) -> tuple[str, str, tuple[str, ...]]:
        head = self._filled(self._one("book_heads"))
        parts = [self._paragraph(None, 0.1), self._books_list(), self._paragraph(None, 0.2)]
        if self.rng.random() < 0.4:
            other = self.rng.choice(list(_LISTS))
            parts += [
                f"<h2>{self._filled(self._one('other_heads'))}</h2>",
                self._others_list(other),
            ]
        if self.rng.random() < 0.4:
            parts.insert(1, f"<h2>{self._filled(self._one('book_heads'))}</h2>")
            head = self._filled(self._one("posts"))
        return "".join(parts), head, self._tags()

    def _diary(self) -> tuple[str, str, tuple[str, ...]]:
        share = self.rng.choice((0.0, 0.0, 0.12, 0.3))
        parts = []
        for _ in range(self._few(3, 9)):
            if self.rng.random() < 0.25:
                parts.append(f"<h2>{self._one('heads')}</h2>")
            parts.append(self._paragraph(None, share))
        return "".join(parts), self._filled(self._one("posts")), ()

    def _year(self) -> tuple[str, str, tuple[str, ...]]:
        parts = [self._paragraph(None, 0.1)]
        for _ in range(self._few(1, 3)):
            parts.append(f"<h2>{self._filled(self._one('other_heads'))}</h2>")
            parts.append(self._others_list(self.rng.choice(list(_LISTS))))
        if self.rng.random() < 0.5:
            at = self.rng.randrange(len(parts))
            at -= at % 2 == 0 and at > 0
            head = f"<h2>{self._filled(self._one('book_heads'))}</h2>"
            parts[at:at] = [head, self._books_list()]
        return "".join(parts), self._filled(self._one("posts")), ()

    # ── parts of a post ──────────────────────────────────────────────────────────────────

    def _paragraph(self, book: Book | None, share: float) -> str:
        sentences = []
        for _ in range(self._few(1, 4)):
            about_a_book = self.rng.random() < share
            sentences.append(self._filled(self._one("book" if about_a_book else "plain"), book))
        if self.rng.random() < 0.12:
            return "<ul>" + "".join(f"<li>{each}</li>" for each in sentences) + "</ul>"
        return f"<p>{' '.join(sentences)}</p>"

    def _books_list(self) -> str:
        form = self._one("items")
        plain = self.rng.random() < (0.75 if form.count("{M}</") else 0.5)
        items = []
        for number in range(1, self._few(3, 11)):
            book = self._book()
            made = self._title(book, marked=not plain)
            note = self._note(book)
            items.append(self._item(form, made, _authors(book, self.rng), note, number))
        return _wrapped("".join(items))

    def _others_list(self, kind: str) -> str:
        form = self.rng.choice(_OTHERS_ITEMS)
        things = self.rng.choice(_LISTS[kind])
        plain = self.rng.random() < 0.5
        items = []
        for number in range(1, self._few(3, 8)):
            name = self._thing(things)
            made = name if plain else self.mark.format(name)
            items.append(self._item(form, made, self._thing("people"), self._note(None), number))
        return _wrapped("".join(items))

    def _item(self, form: str, made: str, author: str, note: str, number: int) -> str:
        values = {
            "M": made,
            "A": author,
            "L": author.split()[-1] if author else "",
            "note": note,
            "n": str(number),
            "year": str(self.rng.randrange(1950, 2025)),
        }
        return _SLOT.sub(lambda slot: values[slot[1]], form)

    def _note(self, book: Book | None) -> str:
        notes = [self._one("notes") for _ in range(self._few(1, 3))]
        if book is not None and self.rng.random() < 0.15:
            notes.append(self._filled(self._one("book"), book))
        elif self.rng.random() < 0.1:
            notes.append(self._filled(self._one("plain")))
        return " ".join(notes)

    # ── words ────────────────────────────────────────────────────────────────────────────

    def _filled(self, sentence: str, book: Book | None = None) -> str:
        first = book or self._book()
        second = self._book()
        values = {
            "A": _authors(first, self.rng),
            "B": _authors(second, self.rng),
            "n": str(self.rng.randrange(3, 30)),
            "year": str(self.rng.randrange(2008, 2025)),
        }
        values["L"] = values["A"].split()[-1] if values["A"] else "the author"

        def fill(slot: re.Match[str]) -> str:
            name = slot[1]
            if name in values:
                return values[name]
            if name in "Tt":
                return self._title(first, short=name == "t")
            if name == "U":
                return self._title(second)
            things = _THINGS[name]
            made = self._thing(things)
            return self._marks().format(made) if name in "FGSPXK" else made

        return _SLOT.sub(fill, sentence)

    def _thing(self, things: str) -> str:
        if things in ("films", "games", "songs", "podcasts") and self.rng.random() < 0.15:
            return html.escape(self._book().title)
        return html.escape(self.rng.choice(_WORDS[things].split("|")), quote=False)

    def _title(self, book: Book, *, marked: bool = True, short: bool = False) -> str:
        title = book.title
        if book.subtitle and not short and self.rng.random() < self.subtitles:
            title = f"{title}: {book.subtitle}"
        if self.case == "sentence":
            title = title[:1] + title[1:].lower()
        elif self.case == "capitals":
            title = title.upper()
        made = f"{BEGINS}{html.escape(title, quote=False)}{ENDS}"
        return self._marks().format(made) if marked else made

    def _marks(self) -> str:
        if self.consistent or self.rng.random() < 0.6:
            return self.mark
        return self.rng.choices(list(_MARKS), list(_MARKS.values()))[0]

    def _book(self) -> Book:
        return self.rng.choice(self.books)

    def _one(self, name: str) -> str:
        found: str = self.rng.choice(_WORDS[name])
        return found

    def _few(self, least: int, most: int) -> int:
        return self.rng.randint(least, most)

    def _tags(self) -> tuple[str, ...]:
        return ("books",) if self.rng.random() < 0.2 else ()


_THINGS = {
    "F": "films",
    "G": "games",
    "S": "songs",
    "P": "podcasts",
    "C": "companies",
    "W": "software",
    "X": "articles",
    "N": "people",
    "O": "places",
    "K": "courses",
}


def _authors(book: Book, rng: random.Random) -> str:
    names = [html.escape(each, quote=False) for each in book.authors[:2]]
    if len(names) == 2 and rng.random() < 0.5:
        return " and ".join(names)
    return names[0] if names else "an unknown author"


def _wrapped(items: str) -> str:
    """The items within the element that belongs around them."""
    if items.startswith("<li>"):
        return f"<ul>{items}</ul>"
    if items.startswith("<tr>"):
        return f"<table>{items}</table>"
    return f"<dl>{items}</dl>" if items.startswith("<dt>") else items
