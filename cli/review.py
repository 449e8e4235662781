"""bookplate review: what waits for you; accept or reject titles."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from cli import tables
from cli.workplace import ConfigOption, opened
from service.errors import UsageError

if TYPE_CHECKING:
    from service.store.views import Waiting

app = typer.Typer(no_args_is_help=False, invoke_without_command=True, rich_markup_mode=None)
Title = Annotated[str, typer.Argument(help="The title, as review shows it.")]


@app.callback()
def review(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    config: ConfigOption = None,
) -> None:
    """What waits for you: held posts, books we are not sure of, deliveries that are stuck.

    Example: bookplate review
    """
    if context.invoked_subcommand is not None:
        return
    from service.store import views

    with opened(config) as publisher, publisher.store.reading() as session:
        waiting = views.waiting(session, publisher.owner)
    if as_json:
        tables.print_json(waiting)
        return
    _print(waiting)


def _print(waiting: "Waiting") -> None:
    out = tables.console()
    for post in waiting.posts:
        out.print(
            f"post {post.id}  {post.title or post.url}\n  {post.reason}\n"
            f"  bookplate posts approve {post.id}   bookplate posts skip {post.id}"
        )
    for each in waiting.suggestions:
        finding = each.finding
        out.print(f"book  {tables.book_line(finding)}\n  in: {each.post_title}")
        for why in tables.reasons(finding):
            out.print(f"  – {why}")
        out.print(
            f'  bookplate review accept "{finding.title}"   '
            f'bookplate review reject "{finding.title}"'
        )
    for delivery in waiting.deliveries:
        out.print(
            f"delivery {delivery.id}  {delivery.post_title} → {delivery.channel}\n"
            f"  {delivery.reason}\n  bookplate deliveries retry {delivery.id}   "
            f"bookplate deliveries cancel {delivery.id}"
        )
    out.print(f"{tables.plural(waiting.count, 'thing')} to decide.")


@app.command()
def accept(
    title: Title,
    isbn: Annotated[
        str | None, typer.Option("--isbn", help="It means this edition: its ISBN.")
    ] = None,
    asin: Annotated[
        str | None, typer.Option("--asin", help="It means this edition: its ASIN at Amazon.")
    ] = None,
    link: Annotated[
        str | None, typer.Option("--link", help="It means the book at this shop’s address.")
    ] = None,
    means: Annotated[
        str | None, typer.Option("--means", metavar="TITLE", help="It means the book so titled.")
    ] = None,
    author: Annotated[
        list[str] | None, typer.Option(help="By this author. Repeatable: the first one first.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """This title is a book: link it, here and in every post. The options say which book.

    Example: bookplate review accept "Deep Work" --isbn 978-1-4555-8669-1
    """
    numbers = [each for each in (isbn, asin, link) if each]
    if len(numbers) > 1:
        raise UsageError("One number is enough.", mend="Use one of --isbn, --asin, --link.")
    from service.deliver import desk
    from service.deliver.meant import book_meant
    from service.model import Ruling

    with opened(config) as publisher:
        book = None
        if numbers or means or author:
            number = numbers[0] if numbers else None
            book = book_meant(publisher, title, number, means, author or [])
        desk.rule_on_title(publisher, Ruling(title, "link", book))
    if book is not None:
        print(f"“{title}” means {tables.book_words(book)}, in every post.")
    print("Posts that name it are brought up to date with the next: bookplate run")
    print(f'Undo: bookplate review forget "{title}"')


@app.command()
def reject(title: Title, config: ConfigOption = None) -> None:
    """This is no book: never link it, in any post. Example: bookplate review reject "It" """
    from service.deliver import desk
    from service.model import Ruling

    with opened(config) as publisher:
        desk.rule_on_title(publisher, Ruling(title, "ignore"))
    print(f'It is left alone from now on. Undo: bookplate review forget "{title}"')


@app.command()
def forget(title: Title, config: ConfigOption = None) -> None:
    """Take back what you decided of a title: it is weighed like any other again.

    Example: bookplate review forget "It"
    """
    from service.deliver import desk

    with opened(config) as publisher:
        desk.forget_ruling(publisher, title)
    print("Forgotten. Posts that name it are looked at again with the next: bookplate run")


@app.command()
def decisions(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON array.")] = False,
    config: ConfigOption = None,
) -> None:
    """What you decided of titles, the newest first. Example: bookplate review decisions"""
    from service.store import rulings

    with opened(config) as publisher, publisher.store.reading() as session:
        found = rulings.decided(session, publisher.owner)
    if as_json:
        tables.print_json([{**asdict(ruling), "decided_at": at} for ruling, at in found])
        return
    for ruling, at in found:
        said = "never linked" if ruling.decision == "ignore" else "linked"
        means = f", means {tables.book_words(ruling.book)}" if ruling.book else ""
        print(f"{at:%Y-%m-%d}  {ruling.title}: {said}{means}")
    undo = " Undo: bookplate review forget TITLE" if found else ""
    print(f"{tables.plural(len(found), 'decision')}.{undo}")
