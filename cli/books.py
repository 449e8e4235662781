"""bookplate books: the blog's ledger of books; show one, correct one."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli import tables
from cli.workplace import ConfigOption, opened
from service.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.deliver.ledger import Consequences
    from service.model import Edition
    from service.store.ledger import BookView, PlaceView

app = typer.Typer(no_args_is_help=False, invoke_without_command=True, rich_markup_mode=None)
BookId = Annotated[int, typer.Argument(help="The book's id, from: bookplate books")]


@app.callback()
def books(
    context: typer.Context,
    title: Annotated[
        str | None, typer.Option(help="Only those whose title or author holds these words.")
    ] = None,
    as_jsonl: Annotated[bool, typer.Option("--jsonl", help="Print JSON Lines.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON array.")] = False,
    config: ConfigOption = None,
) -> None:
    """Every book that the blog names or links: where, with which number, since when.

    Example: bookplate books --title hobbit
    """
    if context.invoked_subcommand is not None:
        return
    from cli.run import teller
    from service.deliver import ledger as kept
    from service.store import ledger

    with opened(config) as publisher:
        kept.keep(publisher, teller())
        with publisher.store.reading() as session:
            found = ledger.ledger(session, publisher.owner)
    if title:
        found = [each for each in found if _speaks_of(each, title)]
    if as_json:
        tables.print_json(found)
    elif as_jsonl:
        for each in found:
            tables.print_json(each)
    else:
        _print(found, title)


def _speaks_of(book: "BookView", words: str) -> bool:
    return words.casefold() in " ".join((book.title, *book.authors)).casefold()


def _print(found: "Sequence[BookView]", title: str | None) -> None:
    if not found:
        print(f'No book speaks of "{title}".' if title else "No book yet: bookplate run")
        return
    out = tables.console()
    made = tables.table("id", "book", "number", "where", "since")
    for each in found:
        made.add_row(
            str(each.id), _name(each), _number(each), _where(each.posts()), f"{each.since:%Y-%m-%d}"
        )
    out.print(made)
    linked = sum(any(place.how.startswith("linked") for place in each.places) for each in found)
    out.print(f"{tables.plural(len(found), 'book')}, {linked} linked.")
    out.print(
        "Look at one: bookplate books show ID   Correct it: bookplate books correct ID --isbn …"
    )


def _name(book: "BookView") -> str:
    title = book.title or "(title not known)"
    return title + (f"\n{', '.join(book.authors[:2])}" if book.authors else "")


def _number(book: "BookView") -> str:
    if book.number_from is None:
        return "none: a search"
    number = book.isbn13 or book.asin or "none: a search"
    return f"{number}\n{book.number_from}"


def _where(places: "Sequence[PlaceView]") -> str:
    lines = [f"{each.how}: {each.post_title}" for each in places[:3]]
    if len(places) > len(lines):
        lines.append(f"and {len(places) - len(lines)} more")
    return "\n".join(lines) or "nowhere now"


@app.command()
def show(
    book_id: BookId,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    config: ConfigOption = None,
) -> None:
    """One book: every place that names or links it, and what else it could be.

    Example: bookplate books show 3
    """
    from service.store import ledger

    with opened(config) as publisher, publisher.store.reading() as session:
        book = ledger.book(session, publisher.owner, book_id)
    if book is None:
        raise UsageError(f"There is no book {book_id}.", mend="List them: bookplate books")
    if as_json:
        tables.print_json(book)
        return
    out = tables.console()
    by = f" by {', '.join(book.authors)}" if book.authors else ""
    out.print(f"{book.title or '(title not known)'}{by}")
    numbers = (("ISBN", book.isbn13), ("ISBN-10", book.isbn10), ("ASIN", book.asin))
    told = ", ".join(f"{name} {number}" for name, number in numbers if number)
    out.print(f"{told or 'no number: links lead to a search'}")
    if book.number_from:
        out.print(f"  its number: {book.number_from}")
    for place in book.places:
        out.print(f"\n{place.since:%Y-%m-%d}  {place.post_title} [{place.post_id}]")
        out.print(f"  {place.how} as “{place.words}” ({place.confidence:.0%})")
        out.print(f"  {place.url or place.post_url}")
    if book.alternatives:
        out.print("\nIt could also be:")
    for other in book.alternatives:
        out.print(f"  {tables.book_words(other)}")
        if other.edition:
            out.print(f"    bookplate books correct {book.id} {_option(other.edition)}")


def _option(edition: "Edition") -> str:
    return f"--isbn {edition.isbn13}" if edition.isbn13 else f"--asin {edition.asin}"


@app.command()
def correct(
    book_id: BookId,
    isbn: Annotated[str | None, typer.Option(help="The edition's ISBN, 10 or 13 digits.")] = None,
    asin: Annotated[str | None, typer.Option(help="The edition's ASIN at Amazon.")] = None,
    link: Annotated[str | None, typer.Option(help="The edition's page at a shop.")] = None,
    title: Annotated[str | None, typer.Option(help="The right title.")] = None,
    author: Annotated[
        list[str] | None, typer.Option(help="The right author. Repeatable: the first one first.")
    ] = None,
    search: Annotated[
        bool, typer.Option("--search", help="No edition is right: links lead to a search.")
    ] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the last correction back.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    config: ConfigOption = None,
) -> None:
    """Say which book or edition it is: every post and every copy that can be changed follows.

    Example: bookplate books correct 3 --isbn 978-0-14-143951-8
    """
    numbers = [each for each in (isbn, asin, link) if each]
    asked = bool(numbers or title or author or search)
    if asked == undo or len(numbers) + search > 1:
        raise UsageError(
            "Say what is right about the book.",
            mend="Use one of --isbn, --asin, --link and --search, and --title, --author; or --undo "
            "alone.",
        )
    from service.deliver import ledger

    with opened(config) as publisher:
        if undo:
            told = ledger.undo(publisher, book_id)
        else:
            change = ledger.change_to(
                publisher,
                number=numbers[0] if numbers else None,
                title=title,
                authors=author or (),
                search=search,
            )
            told = ledger.correct(publisher, book_id, change)
    if as_json:
        tables.print_json(told)
    else:
        _tell(told, book_id, undo)


def _tell(told: "Consequences", book_id: int, undo: bool) -> None:
    out = tables.console()
    out.print(f"{'It is again' if undo else 'From now on it is'} {tables.book_words(told.book)}.")
    if told.doubt:
        out.print(f"Look again: {told.doubt}", soft_wrap=True)
    if told.unsent:
        out.print(f"{tables.plural(told.unsent, 'copy')} not sent yet: right from the start.")
    for post, channel in told.stay:
        out.print(f"sent already, can't be changed: {channel}: {post}")
    if told.follow:
        out.print(
            f"{tables.plural(len(told.follow), 'copy')} out there: brought up to date with the "
            "next: bookplate run"
        )
    if not undo:
        out.print(f"Undo: bookplate books correct {book_id} --undo")
