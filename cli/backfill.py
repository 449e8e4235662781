"""bookplate backfill: the back catalogue becomes known, and is never announced."""

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from cli import tables
from cli.workplace import ConfigOption, opened
from service.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from service.deliver.backfill import Backfill, Wish
    from service.deliver.publisher import Publisher
    from service.ingest.archive import WayKind
    from service.ingest.patience import Patient
    from service.ingest.ways import Way
    from service.model import Source

#: failures shown; all of them: --json
_SHOWN = 10


def backfill(
    from_wordpress: Annotated[
        bool, typer.Option("--from-wordpress", help="By WordPress's REST API.")
    ] = False,
    from_feed_pages: Annotated[
        bool, typer.Option("--from-feed-pages", help="By older pages of the feed.")
    ] = False,
    from_sitemap: Annotated[
        bool, typer.Option("--from-sitemap", help="By the sitemap, page by page.")
    ] = False,
    url: Annotated[
        str | None,
        typer.Option(help="Where that begins: wp/v2/posts, a feed or a sitemap; found otherwise."),
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="The source it belongs to; the first otherwise.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="Only posts published since (2020-01-01).")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Take in at most so many posts now.")
    ] = None,
    pause: Annotated[
        float, typer.Option(min=0.0, help="Seconds between two requests, at least.")
    ] = 1.0,
    again: Annotated[
        bool, typer.Option("--again", help="Look through all of it once more.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what there is; remember nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    config: ConfigOption = None,
) -> None:
    """Take in the back catalogue: posts from before the feed begins. None of them is announced.

    The best way that the site offers is taken, unless you name one. It may be stopped at any
    time: run it again, and it goes on.

    Example: bookplate backfill --since 2020-01-01
    """
    from cli.run import date_of
    from service.deliver.backfill import Wish, source_to_fill

    way = _way(from_wordpress, from_feed_pages, from_sitemap)
    if url is not None and way is None:
        raise UsageError(
            "What stands at --url?",
            mend="Add --from-wordpress, --from-feed-pages or --from-sitemap.",
        )
    wish = Wish(way, url, date_of(since), limit, again)
    with opened(config) as publisher, _watched() as watch:
        filled = source_to_fill(publisher, source)
        gets = _patient(publisher, pause, watch)
        if dry_run:
            _rehearse(publisher, filled, wish, gets, as_json)
            return
        state = _really(publisher, filled, wish, gets, watch)
    _show(state, as_json)
    if state.failed:
        raise typer.Exit(3)


def _way(wordpress: bool, feed_pages: bool, sitemap: bool) -> "WayKind | None":
    if wordpress + feed_pages + sitemap > 1:
        raise UsageError("Only one way at a time.", mend="Name one --from-….")
    if wordpress:
        return "wordpress"
    if feed_pages:
        return "feed-pages"
    return "sitemap" if sitemap else None


def _patient(
    publisher: "Publisher", pause: float, watch: "Callable[[str, int, int | None], None]"
) -> "Patient":
    from service import archives

    return archives.patient(
        publisher.door, pause=pause, sleep=time.sleep, tell=lambda what: watch(what, 0, None)
    )


def _really(
    publisher: "Publisher",
    source: "Source",
    wish: "Wish",
    gets: "Patient",
    watch: "Callable[[str, int, int | None], None]",
) -> "Backfill":
    from service.deliver import ledger
    from service.deliver.backfill import prepare, walk

    watch("looking for the way", 0, None)
    state = prepare(publisher, source, wish, gets)
    for now in walk(publisher, source, state, wish, gets):
        seen = now.taken + now.known + now.passed + now.left + len(now.failed)
        watch(f"{now.taken} taken in", seen, now.total)
    ledger.keep(publisher, lambda what: watch(what, 0, None))
    return state


@contextmanager
def _watched() -> "Iterator[Callable[[str, int, int | None], None]]":
    """Says how far it is, on one line that vanishes, when a person watches."""
    if not sys.stderr.isatty():
        yield lambda _what, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)

        def watch(what: str, done: int, total: int | None) -> None:
            progress.update(task, description=what[:80], completed=done, total=total)

        yield watch


def _rehearse(
    publisher: "Publisher", source: "Source", wish: "Wish", gets: "Patient", as_json: bool
) -> None:
    from service.deliver.backfill import posts_to_look_at

    way, count, others = posts_to_look_at(publisher, source, wish, gets)
    if as_json:
        tables.print_json(
            {"source": source.name, "way": way.kind, "entrance": way.url, "why": way.what,
             "total": count, "others": others}
        )  # fmt: skip
        return
    print(f"{way.what}\n  {way.url}")
    _tell_others(others)
    noun = "page" if way.kind == "sitemap" else "post"
    number = "How many posts, it does not say" if count is None else tables.plural(count, noun)
    print(f"{number}. Nothing was taken in.\nTake them in with: bookplate backfill")


def _tell_others(others: "tuple[Way, ...]") -> None:
    for way in others:
        print(f"  also there: --from-{way.kind} ({way.url})")


def _show(state: "Backfill", as_json: bool) -> None:
    for line in (*state.notes, *state.failed[:_SHOWN]):
        print(f"failed: {line}", file=sys.stderr)
    if len(state.failed) > _SHOWN:
        print(f"failed: {len(state.failed) - _SHOWN} more, see --json", file=sys.stderr)
    if as_json:
        tables.print_json(state)
        return
    print(f"{state.why}\n  {state.entrance}")
    _tell_others(state.others)
    print(", ".join(_counts(state)) + ".")
    if not state.done:
        print("There is more. Go on with: bookplate backfill")
    elif state.failed:
        print("Try what failed again with: bookplate backfill")
    else:
        print("Look at them with: bookplate posts --state baseline")


def _counts(state: "Backfill") -> list[str]:
    """What became of all that was looked at, in words."""
    if state.done and state.resumed and not state.taken and not state.known:
        before = tables.plural(state.taken_before, "post")
        return [f"{before} taken in before, nothing left to do", "all of it once more: --again"]
    said = [f"{tables.plural(state.taken, 'post')} taken in, none to be announced"]
    if state.known:
        said.append(f"{state.known} known before")
    if state.passed:
        said.append(f"{tables.plural(state.passed, 'page')} passed over: no posts")
    if state.left:
        said.append(f"{state.left} of the last day left to bookplate run")
    if state.failed:
        said.append(f"{len(state.failed)} failed")
    return said
