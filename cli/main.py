"""The command `bookplate`. Each command's module is imported only when it is called.

Nothing heavy may be imported here, not even Typer: `bookplate links` and `--help` start within a
few times a bare Python (benchmarks/startup).
"""

from __future__ import annotations

import sys
from collections import namedtuple

from service.errors import BookplateError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import typer


#: where a command lives, and its line in `bookplate --help`
Command = namedtuple("Command", "module line")

COMMANDS = {
    "links": Command("cli.links", "Read URLs, one a line: which are Amazon's, and tag them."),
    "scan": Command("cli.scan", "Find the books and shop links in posts."),
    "rewrite": Command("cli.rewrite", "Tag links and link books in HTML, changing nothing else."),
    "extract": Command("cli.extract", "Get the post out of a web page."),
    "feed": Command("cli.feed", "Read a feed of any format."),
    "preview": Command("cli.preview", "Show what would be found, changed and sent."),
    "init": Command("cli.init", "Begin: discover a blog's feed, write bookplate.toml."),
    "run": Command("cli.run", "Poll, process, deliver what is due, exit."),
    "backfill": Command("cli.backfill", "Take in the posts from before the feed begins."),
    "serve": Command("cli.serve", "Do it continuously: API, webhooks, pages, workers."),
    "review": Command("cli.review", "What waits for you: approve or reject."),
    "posts": Command("cli.posts", "The posts we know, and what became of each."),
    "deliveries": Command("cli.deliveries", "What went where: retry, hold, cancel, withdraw."),
    "books": Command("cli.books", "The books the blog names: which edition, where; correct one."),
    "channels": Command("cli.channels", "The ways out: verify them, see their rules."),
    "catalogue": Command("cli.catalogue", "The offline index of books: build, import, info."),
    "doctor": Command("cli.doctor", "Say what is wrong and how to mend it."),
    "db": Command("cli.db", "The database: upgrade, current."),
    "export": Command("cli.export", "Everything we know, as JSON Lines."),
}


def application(called: str | None) -> typer.Typer:
    """The Typer application; of its commands only the one called is really loaded."""
    import typer

    from cli.home import home

    app = typer.Typer(
        name="bookplate",
        help="A blogger's posts, everywhere they publish, with every book found, linked and "
        "tagged as theirs.",
        epilog="Begin with: bookplate init https://your.blog/   Each command has --help.",
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        no_args_is_help=False,
    )
    app.callback(invoke_without_command=True)(home)
    for name, command in COMMANDS.items():
        if name == called:
            _mount(app, name, command)
        else:
            app.command(name, help=command.line)(_elsewhere)
    return app


def _mount(app: typer.Typer, name: str, command: Command) -> None:
    import importlib

    module = importlib.import_module(command.module)
    group = getattr(module, "app", None)
    if group is not None:
        app.add_typer(group, name=name)
    else:
        app.command(name)(getattr(module, name))


def _elsewhere() -> None:
    """Stands in for a command that was not called."""


def main() -> None:
    """Entry point. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done in part."""
    try:
        if not _quick(sys.argv[1:]):
            called = next((word for word in sys.argv[1:] if not word.startswith("-")), None)
            application(called)()
    except UsageError as error:
        _say(error)
        sys.exit(2)
    except BookplateError as error:
        _say(error)
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(141)
    except KeyboardInterrupt:
        sys.exit(130)


def _quick(words: list[str]) -> bool:
    """Do what needs no Typer: the filter that scripts call once for every few URLs."""
    if words[:1] != ["links"]:
        return False
    from cli.urls import quick

    return quick(words[1:])


def _say(error: BookplateError) -> None:
    print(f"bookplate: {error}", file=sys.stderr)


if __name__ == "__main__":
    main()
