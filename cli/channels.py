"""bookplate channels: list them, prove their credentials, see their rules."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import tables
from cli.workplace import ConfigOption, opened
from service.errors import BookplateError

if TYPE_CHECKING:
    from rich.table import Table

app = typer.Typer(no_args_is_help=False, invoke_without_command=True, rich_markup_mode=None)


@app.callback()
def channels(
    context: typer.Context,
    as_jsonl: Annotated[bool, typer.Option("--jsonl", help="Print JSON Lines.")] = False,
    config: ConfigOption = None,
) -> None:
    """The ways out that are configured, and what each can do. Example: bookplate channels"""
    if context.invoked_subcommand is not None:
        return
    with opened(config) as publisher:
        found = [(each, publisher.abilities(each)) for each in publisher.blog.channels]
    if as_jsonl:
        for each, can in found:
            tables.print_json({"name": each.name, "kind": each.kind, "abilities": can})
        return
    made = tables.table("channel", "kind", "carries", "edits", "takes back")
    for each, can in found:
        made.add_row(
            each.name, each.kind, can.form.replace("_", " "), _yes(can.edit), _yes(can.delete)
        )
    out = tables.console()
    out.print(made)
    out.print(f"{tables.plural(len(found), 'channel')}.\nProve them: bookplate channels verify")


def _yes(can: bool) -> str:
    return "yes" if can else "no"


@app.command()
def verify(
    names: Annotated[list[str] | None, typer.Argument(help="Only these channels.")] = None,
    config: ConfigOption = None,
) -> None:
    """Prove the credentials of channels without posting. Example: channels verify bluesky"""
    failed = done = 0
    with opened(config) as publisher:
        for each in publisher.blog.channels:
            if names and each.name not in names:
                continue
            try:
                print(f"{each.name}: {publisher.channel(each.name).verify()}")
                done += 1
            except BookplateError as error:
                failed += 1
                print(f"{each.name}: {error}", file=sys.stderr)
    if failed:
        raise typer.Exit(3 if done else 1)


@app.command()
def rules(
    pack: Annotated[
        bool, typer.Option("--pack", help="The whole rule packs, whatever is configured.")
    ] = False,
    as_jsonl: Annotated[bool, typer.Option("--jsonl", help="Print JSON Lines.")] = False,
    config: ConfigOption = None,
) -> None:
    """What the shops' policies say of links on each channel. Example: bookplate channels rules

    Without a configuration: the whole rule packs, by network and marketplace. What you decided
    otherwise stands beside what the pack says.
    """
    from cli.rules import channel_rules, channel_table, pack_rules, pack_table, without_text
    from service.configuration import locate

    if pack or (config is None and not locate().exists()):
        from service.plugins import programmes

        of_packs = list(pack_rules(programmes()))
        _show([each._asdict() for each in of_packs], pack_table(of_packs), as_jsonl)
        if not as_jsonl:
            print(without_text(of_packs))
        return
    with opened(config) as publisher:
        of_channels = list(channel_rules(publisher))
    _show([each._asdict() for each in of_channels], channel_table(of_channels), as_jsonl)


def _show(rows: "list[dict[str, Any]]", shown: "Table", as_jsonl: bool) -> None:
    if not as_jsonl:
        tables.console().print(shown)
        return
    for each in rows:
        tables.print_json(each)
