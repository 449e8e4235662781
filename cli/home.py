"""bookplate alone: what waits, what is due, what failed, and the command for each."""

import typer


def home(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", help="Show the version and exit."),
) -> None:
    """Where things stand; without a configuration, how to begin."""
    if version:
        from service.pipeline import version as installed

        print(f"bookplate {installed()}")
    elif context.invoked_subcommand is None:
        _home()


def _home() -> None:
    from service.configuration import load, locate

    if not locate().exists():
        print(
            "There is no bookplate.toml here.\n"
            "  begin:      bookplate init https://your.blog/\n"
            "  or look:    bookplate preview https://your.blog/a-post/\n"
            "  all there is: bookplate --help"
        )
        return
    _stand(load().blog_url)


def _stand(blog: str) -> None:
    from cli import tables
    from cli.workplace import opened
    from service.store import views

    with opened(None) as publisher, publisher.store.reading() as session:
        waiting = views.waiting(session, publisher.owner)
        failed = views.deliveries(session, publisher.owner, state="failed", limit=5)
        sources = views.sources(session, publisher.owner)
    out = tables.console()
    out.print(f"{blog}: {tables.plural(sum(each.posts for each in sources), 'post')} known")
    if not any(each.polled_at for each in sources):
        out.print("It was never polled: bookplate run")
        return
    lines = (
        (len(waiting.posts), "post", "held: bookplate posts --state held"),
        (len(waiting.suggestions), "book", "to look at: bookplate review"),
        (len(waiting.deliveries), "delivery", "stuck: bookplate review"),
        (waiting.due, "delivery", "to be sent: bookplate run"),
        (waiting.settling, "post", "not yet settled: bookplate run"),
    )
    for count, noun, what in lines:
        if count:
            out.print(f"  {tables.plural(count, noun)} {what}")
    for each in failed:
        out.print(f"  {each.channel}: {each.post_title}: {each.reason}")
    for source in sources:
        if source.error:
            out.print(f"  source {source.name}: {source.error}")
    out.print(tables.next_step(waiting))
