"""bookplate review: what waits for you; accept or reject titles."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli import tables
from cli.workplace import ConfigOption, opened

if TYPE_CHECKING:
    from pathlib import Path

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
def accept(title: Title, config: ConfigOption = None) -> None:
    """This title is a book: link it, here and in every post. Example: review accept "Deep Work" """
    _rule(title, "link", config)
    print("Posts that name it are brought up to date with the next: bookplate run")


@app.command()
def reject(title: Title, config: ConfigOption = None) -> None:
    """This is no book: never link it. Example: bookplate review reject "It" """
    _rule(title, "ignore", config)
    print(f'It is left alone from now on. Undo: bookplate review accept "{title}"')


def _rule(title: str, decision: Literal["link", "ignore"], config: "Path | None") -> None:
    from service.deliver import desk
    from service.model import Ruling

    with opened(config) as publisher:
        desk.rule_on_title(publisher, Ruling(title, decision))
