"""bookplate run: poll, process, deliver what is due, exit."""

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli import tables
from cli.workplace import ConfigOption, opened
from service.errors import UsageError

if TYPE_CHECKING:
    from service.deliver.publisher import Publisher
    from service.deliver.rounds import Round, Wishes
    from service.store.views import DeliveryView, PostView, Waiting


def run(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would happen; send and remember nothing.")
    ] = False,
    post: Annotated[
        list[str] | None,
        typer.Option("--post", metavar="URL", help="Announce this post too, old or not."),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Announce old posts published since then (2026-11-01)."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=0, help="Announce at most so many posts.")
    ] = None,
    again: Annotated[
        list[str] | None,
        typer.Option(
            "--again",
            metavar="SOURCE",
            help="Ask this source though it is gone or its server wants to be left alone.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    config: ConfigOption = None,
) -> None:
    """Poll every source now, process what is new or changed, deliver what is due, exit.

    Run again at once, it does nothing. Example: bookplate run --since 2026-11-01 --limit 3
    """
    from service.deliver.rounds import Wishes

    wishes = Wishes(tuple(post or ()), date_of(since), limit, tuple(again or ()))
    with opened(config) as publisher:
        if dry_run:
            _rehearse(publisher, wishes, as_json)
            return
        _really(publisher, wishes, as_json)


def date_of(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f'"{text}" is no date.', mend="Write it as 2026-11-01.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _rehearse(publisher: "Publisher", wishes: "Wishes", as_json: bool) -> None:
    from service.deliver.rounds import take_in

    with publisher.store.rehearsal() as store, publisher.rehearsing(store) as rehearsing:
        done = take_in(rehearsing, wishes, teller())
        _show(rehearsing, done, as_json, would=True)
    _exit(done, [])


def _really(publisher: "Publisher", wishes: "Wishes", as_json: bool) -> None:
    from service.deliver.rounds import run_once

    done = run_once(publisher, wishes, teller())
    failed = _show(publisher, done, as_json, would=False)
    _exit(done, failed)


def teller() -> "_Teller":
    return _Teller(sys.stderr.isatty())


class _Teller:
    """Says what is being done, on one line that vanishes, when a person watches."""

    def __init__(self, watched: bool) -> None:
        self._watched = watched

    def __call__(self, what: str) -> None:
        if self._watched:
            sys.stderr.write(f"\r\x1b[K{what[:90]} …")
            sys.stderr.flush()

    def __del__(self) -> None:
        if self._watched:
            sys.stderr.write("\r\x1b[K")


def _show(
    publisher: "Publisher", done: "Round", as_json: bool, *, would: bool
) -> list["DeliveryView"]:
    """Print what was done; the deliveries that did not get through."""
    from service.store import views

    with publisher.store.reading() as session:
        planned = [
            view
            for each in done.planned
            if (view := views.post(session, publisher.owner, each.post_id)) is not None
        ]
        tried = [
            found[0]
            for delivery_id in done.delivered
            if (found := views.delivery(session, publisher.owner, delivery_id)) is not None
        ]
        waiting = views.waiting(session, publisher.owner)
    failed = [each for each in tried if each.state in ("failed", "dead", "held")]
    if as_json:
        tables.print_json(_summary(done, planned, tried, waiting))
    else:
        _print(done, planned, tried, failed, waiting, would)
    for note in (note for poll in done.polls for note in poll.notes):
        print(f"note: {note}", file=sys.stderr)
    for error in done.errors:
        print(f"failed: {error}", file=sys.stderr)
    return failed


def _summary(
    done: "Round",
    planned: list["PostView"],
    tried: list["DeliveryView"],
    waiting: "Waiting",
) -> dict[str, object]:
    return {
        "polls": done.polls,
        "posts": planned,
        "deliveries": tried,
        "errors": done.errors,
        "waiting": {
            "posts": len(waiting.posts),
            "suggestions": len(waiting.suggestions),
            "deliveries": len(waiting.deliveries),
            "due": waiting.due,
            "settling": waiting.settling,
        },
    }


def _print(
    done: "Round",
    planned: list["PostView"],
    tried: list["DeliveryView"],
    failed: list["DeliveryView"],
    waiting: "Waiting",
    would: bool,
) -> None:
    out = tables.console()
    distinct = {post.id: post for post in planned}
    if distinct:
        out.print(tables.posts_table(list(distinct.values())))
    others = [each for each in tried if each.post_id not in distinct]
    if others or failed:
        out.print(tables.deliveries_table([*others, *(f for f in failed if f not in others)]))
    announced = {post.title or post.url for post in planned}
    for poll in done.polls:
        old = [title for title in poll.baseline if title not in announced]
        if old:
            out.print(
                f"{poll.source}: {tables.plural(len(old), 'post')} there before we began: "
                "not announced (--since DATE or --post URL does)."
            )
        if poll.held:
            out.print(f"{poll.source}: {tables.plural(len(poll.held), 'post')} held.")
    out.print(_sum(done, tried, failed, would))
    out.print(tables.next_step(waiting))


def _sum(
    done: "Round", tried: list["DeliveryView"], failed: list["DeliveryView"], would: bool
) -> str:
    sent = len(tried) - len(failed)
    new = sum(len(poll.new) for poll in done.polls)
    changed = sum(len(poll.changed) for poll in done.polls)
    gone = sum(len(poll.gone) for poll in done.polls)
    if not (new or changed or gone or tried or done.planned or done.errors):
        return "Nothing new."
    parts = [
        f"{count} {word}"
        for count, word in ((new, "new"), (changed, "changed"), (gone, "gone"))
        if count
    ]
    announced = sum(each.announced for each in done.planned)
    if announced:
        parts.append(f"{announced} announced")
    if would:
        due = sum(state == "due" for each in done.planned for _, state, _ in each.deliveries)
        parts.append(f"{due} would be delivered")
    else:
        parts.append(f"{sent} delivered")
    if failed:
        parts.append(f"{len(failed)} not delivered")
    return ", ".join(parts) + "."


def _exit(done: "Round", failed: list["DeliveryView"]) -> None:
    """3 where something failed; 1 where nothing at all went well."""
    if not (done.errors or failed):
        return
    asked = len(done.polls)
    went_wrong = sum(bool(poll.errors) for poll in done.polls)
    nothing_went_well = asked and asked == went_wrong and not done.planned and not done.delivered
    raise typer.Exit(1 if nothing_went_well else 3)
