"""bookplate channels: list them, prove their credentials, see their rules."""

import sys
from typing import Annotated

import typer

from cli import tables
from cli.workplace import ConfigOption, opened
from service.errors import BookplateError

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
    as_jsonl: Annotated[bool, typer.Option("--jsonl", help="Print JSON Lines.")] = False,
    config: ConfigOption = None,
) -> None:
    """What the shops' policies say of links on each channel. Example: bookplate channels rules"""
    with opened(config) as publisher:
        shop, markets = publisher.shops.programmes[0], [publisher.shops.marketplace]
        found = [
            (each.name, shop.rule(publisher.abilities(each).network, markets, None))
            for each in publisher.blog.channels
        ]
    if as_jsonl:
        for name, rule in found:
            tables.print_json({"channel": name, "rule": rule})
        return
    made = tables.table("channel", "rule", "why", "source")
    for name, rule in found:
        source = f"{rule.source or ''} ({rule.dated})" if rule.dated else rule.source or ""
        made.add_row(name, rule.verdict.replace("_", " "), rule.why, source)
    tables.console().print(made)
