"""bookplate posts: list, show, approve, skip, withdraw."""

from typing import Annotated

import typer

from cli import tables
from cli.workplace import ConfigOption, opened
from service.errors import UsageError

app = typer.Typer(no_args_is_help=False, invoke_without_command=True, rich_markup_mode=None)
_SHOWN = 30
PostId = Annotated[int, typer.Argument(help="The post's id, from: bookplate posts")]


@app.callback()
def posts(
    context: typer.Context,
    state: Annotated[
        str | None,
        typer.Option(help="Only these: baseline, settling, announced, held, skipped, gone."),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(min=1, help="At most so many. [default: 30; all with --jsonl]"),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
    as_jsonl: Annotated[bool, typer.Option("--jsonl", help="Print JSON Lines.")] = False,
    config: ConfigOption = None,
) -> None:
    """The posts we know, the newest first, and what became of each.

    Example: bookplate posts --state held
    """
    if context.invoked_subcommand is not None:
        return
    if every and limit is not None:
        raise UsageError("--all and --limit say different things.", mend="Take one of them.")
    from service.store import views

    most = limit or (None if every or as_jsonl else _SHOWN)
    with opened(config) as publisher, publisher.store.reading() as session:
        found = views.every_post(session, publisher.owner, state=state, limit=most)
        if as_jsonl:
            for each in found:
                tables.print_json(each)
            return
        shown = list(found)
        count = views.count_posts(session, publisher.owner, state)
    if not shown:
        print("No posts yet. Poll the blog with: bookplate run")
        return
    out = tables.console()
    out.print(tables.posts_table(shown))
    more = count - len(shown)
    told = f", {more:,} more: --all or --limit {count}" if more > 0 else ""
    out.print(f"{tables.plural(len(shown), 'post')}{told}.\nLook at one: bookplate posts show ID")


@app.command()
def show(
    post_id: PostId,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    config: ConfigOption = None,
) -> None:
    """One post: why it is where it is, what was found and why, what went where.

    Example: bookplate posts show 3
    """
    from service.store import views

    with opened(config) as publisher, publisher.store.reading() as session:
        post = views.post(session, publisher.owner, post_id)
    if post is None:
        raise UsageError(f"There is no post {post_id}.", mend="List them: bookplate posts")
    if as_json:
        tables.print_json(post)
        return
    out = tables.console()
    out.print(f"{post.title}\n{post.url}\n{post.state}: {post.reason}")
    if len(post.decisions) > 1:
        for each in post.decisions:
            out.print(f"  {tables.day(each.at)}  {each.state}: {each.reason}")
    out.print()
    for finding in tables.distinct(post.findings):
        out.print(f"  {tables.book_line(finding)}")
        for why in tables.reasons(finding):
            out.print(f"    – {why}")
    if post.deliveries:
        out.print(tables.deliveries_table(post.deliveries))


@app.command()
def approve(post_id: PostId, config: ConfigOption = None) -> None:
    """Announce a post that is held, old or not yet settled. Example: bookplate posts approve 3"""
    from service.deliver import desk

    with opened(config) as publisher:
        desk.approve_post(publisher, post_id)
    print("It goes out with the next: bookplate run")


@app.command()
def skip(post_id: PostId, config: ConfigOption = None) -> None:
    """Never announce this post. Example: bookplate posts skip 3"""
    from service.deliver import desk

    with opened(config) as publisher:
        desk.skip_post(publisher, post_id)
    print("It stays unannounced. Undo: bookplate posts approve", post_id)


@app.command()
def withdraw(post_id: PostId, config: ConfigOption = None) -> None:
    """Take a post back from every channel that can. Example: bookplate posts withdraw 3"""
    from service.deliver import desk

    with opened(config) as publisher:
        desk.withdraw_post(publisher, post_id)
    print("It is taken back with the next: bookplate run")
