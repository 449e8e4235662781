"""bookplate deliveries: list, show, approve, retry, hold, cancel, withdraw."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli import tables
from cli.workplace import ConfigOption, opened
from service.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from service.deliver.publisher import Publisher

app = typer.Typer(no_args_is_help=False, invoke_without_command=True, rich_markup_mode=None)
DeliveryId = Annotated[int, typer.Argument(help="The delivery's id, from: bookplate deliveries")]


@app.callback()
def deliveries(
    context: typer.Context,
    state: Annotated[
        str | None,
        typer.Option(help="Only these: held, due, failed, delivered, updated, withdrawn, dead …"),
    ] = None,
    channel: Annotated[str | None, typer.Option(help="Only this channel's.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 30,
    as_jsonl: Annotated[bool, typer.Option("--jsonl", help="Print JSON Lines.")] = False,
    config: ConfigOption = None,
) -> None:
    """What went where, the newest first. Example: bookplate deliveries --state failed"""
    if context.invoked_subcommand is not None:
        return
    from service.store import views

    with opened(config) as publisher, publisher.store.reading() as session:
        found = views.deliveries(
            session, publisher.owner, state=state, channel=channel, limit=limit
        )
    if as_jsonl:
        for each in found:
            tables.print_json(each)
        return
    if not found:
        print("No deliveries. They come with new posts: bookplate run")
        return
    out = tables.console()
    out.print(tables.deliveries_table(found))
    counted = tables.plural(len(found), "delivery")
    out.print(f"{counted}.\nLook at one: bookplate deliveries show ID")


@app.command()
def show(
    delivery_id: DeliveryId,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    config: ConfigOption = None,
) -> None:
    """One delivery: its rendition as it is sent, and every try.

    Example: bookplate deliveries show 7
    """
    from service.store import views

    with opened(config) as publisher, publisher.store.reading() as session:
        found = views.delivery(session, publisher.owner, delivery_id)
    if found is None:
        raise UsageError(
            f"There is no delivery {delivery_id}.", mend="List them: bookplate deliveries"
        )
    view, rendition, attempts = found
    if as_json:
        tables.print_json({**tables.plain(view), "rendition": rendition, "attempts": attempts})
        return
    out = tables.console()
    out.print(f"{view.post_title} → {view.channel} ({view.kind})\n{view.state}: {view.reason}\n")
    out.print(getattr(rendition.body, "text", None) or rendition.title)
    for change in rendition.changes:
        out.print(f"  changed: {change.before or '(nothing)'} → {change.after}\n    {change.why}")
    for each in attempts:
        out.print(f"  {tables.day(each.at)} {each.action}: {each.outcome} {each.detail}")


def _decide(
    act: "Callable[[Publisher, int], None]", delivery_id: int, config: "Path | None", said: str
) -> None:
    with opened(config) as publisher:
        act(publisher, delivery_id)
    print(said)


_NEXT = "It is sent with the next: bookplate run"


@app.command()
def approve(delivery_id: DeliveryId, config: ConfigOption = None) -> None:
    """Send a delivery that is held. Example: bookplate deliveries approve 7"""
    from service.deliver import desk

    _decide(desk.approve, delivery_id, config, _NEXT)


@app.command()
def retry(delivery_id: DeliveryId, config: ConfigOption = None) -> None:
    """Send again what failed or may have got through. Example: bookplate deliveries retry 7"""
    from service.deliver import desk

    _decide(desk.retry, delivery_id, config, _NEXT)


@app.command()
def hold(delivery_id: DeliveryId, config: ConfigOption = None) -> None:
    """Keep it from being sent until approved. Example: bookplate deliveries hold 7"""
    from service.deliver import desk

    said = f"It is held. Undo: bookplate deliveries approve {delivery_id}"
    _decide(desk.hold, delivery_id, config, said)


@app.command()
def cancel(delivery_id: DeliveryId, config: ConfigOption = None) -> None:
    """Never send it. Example: bookplate deliveries cancel 7"""
    from service.deliver import desk

    said = f"It is cancelled. Undo: bookplate deliveries retry {delivery_id}"
    _decide(desk.cancel, delivery_id, config, said)


@app.command()
def withdraw(delivery_id: DeliveryId, config: ConfigOption = None) -> None:
    """Take the copy back from its channel. Example: bookplate deliveries withdraw 7"""
    from service.deliver import desk

    _decide(desk.withdraw, delivery_id, config, "It is taken back with the next: bookplate run")
