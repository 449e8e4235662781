"""The command `bookplate`. Each command's module is imported only when it is called.

Nothing heavy may be imported here: `bookplate links` and `--help` start within a few times a bare
Python (benchmarks/startup).
"""

import importlib
import sys
from typing import NamedTuple

import typer

from service.errors import BookplateError, UsageError


class Command(NamedTuple):
    """Where a command lives, and its line in `bookplate --help`."""

    module: str
    panel: str
    line: str


FILTERS = "Filters: no configuration, no database, no network"
SERVICE = "The service on one machine"

COMMANDS = {
    "links": Command(
        "cli.links", FILTERS, "Read URLs, one a line: which are Amazon's, and tag them."
    ),
    "scan": Command("cli.scan", FILTERS, "Find the books and shop links in posts."),
    "rewrite": Command(
        "cli.rewrite", FILTERS, "Tag links and link books in HTML, changing nothing else."
    ),
    "extract": Command("cli.extract", FILTERS, "Get the post out of a web page."),
    "feed": Command("cli.feed", FILTERS, "Read a feed of any format."),
    "preview": Command("cli.preview", FILTERS, "Show what would be found, changed and sent."),
    "init": Command("cli.init", SERVICE, "Begin: discover a blog's feed, write bookplate.toml."),
    "run": Command("cli.run", SERVICE, "Poll, process, deliver what is due, exit."),
    "serve": Command("cli.serve", SERVICE, "Do it continuously: API, webhooks, pages, workers."),
    "review": Command("cli.review", SERVICE, "What waits for you: approve or reject."),
    "posts": Command("cli.posts", SERVICE, "The posts we know, and what became of each."),
    "deliveries": Command(
        "cli.deliveries", SERVICE, "What went where: retry, hold, cancel, withdraw."
    ),
    "channels": Command("cli.channels", SERVICE, "The ways out: verify them, see their rules."),
    "doctor": Command("cli.doctor", SERVICE, "Say what is wrong and how to mend it."),
    "db": Command("cli.db", SERVICE, "The database: upgrade, current."),
    "export": Command("cli.export", SERVICE, "Everything we know, as JSON Lines."),
}


def application(called: str | None) -> typer.Typer:
    """The Typer application; of its commands only the one called is really loaded."""
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
    app.callback(invoke_without_command=True)(_home)
    for name, command in COMMANDS.items():
        if name == called:
            _mount(app, name, command)
        else:
            app.command(name, help=command.line)(_elsewhere)
    return app


def _mount(app: typer.Typer, name: str, command: Command) -> None:
    module = importlib.import_module(command.module)
    group = getattr(module, "app", None)
    if group is not None:
        app.add_typer(group, name=name, help=command.line)
    else:
        app.command(name)(getattr(module, name))


def _elsewhere() -> None:
    """Stands in for a command that was not called."""


def _home(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", help="Show the version and exit."),
) -> None:
    if version:
        from service.pipeline import version as installed

        print(f"bookplate {installed()}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        from cli.home import home

        home()


def main() -> None:
    """Entry point. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done in part."""
    called = next((word for word in sys.argv[1:] if not word.startswith("-")), None)
    try:
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


def _say(error: BookplateError) -> None:
    print(f"bookplate: {error}", file=sys.stderr)


if __name__ == "__main__":
    main()
