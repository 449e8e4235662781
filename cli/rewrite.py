"""`bookplate rewrite`: documents with their links tagged and their books linked, all else as is."""

import os
import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from cli.batch import Tally, default_jobs, inputs, run
from cli.report import Report, read_report
from cli.rewriting import Job, rewritten, undone
from cli.tags import tracking_ids_by_shop
from service.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cli.batch import Input
    from cli.rewriting import Done

#: notes that are told one by one; the rest is counted
_NOTES = 20
_NOTES_COUNTED = 10_000


def rewrite(
    paths: list[str] = typer.Argument(..., metavar="PATH…", help="Posts, or folders of them; -."),
    out: Path | None = typer.Option(
        None, "-o", "--out", metavar="DIR", help="Where the rewritten documents go."
    ),
    tag: list[str] = typer.Option(
        [],
        "--tag",
        metavar="MARKET=TRACKING_ID",
        help="Your tracking id there, at any shop. Repeatable.",
    ),
    channel: str | None = typer.Option(
        None, "--channel", metavar="KIND", help="By the rules of this kind of channel, disclosed."
    ),
    mentions: Literal["link", "suggest", "off"] = typer.Option(
        "link", "--mentions", help="What becomes of books that are named in the text."
    ),
    others: Literal["replace", "keep"] = typer.Option(
        "replace", "--others", help="What becomes of links that carry other people's tags."
    ),
    report: Path | None = typer.Option(
        None, "--report", metavar="FILE", help="Write each change there, as JSON Lines."
    ),
    undo: Path | None = typer.Option(
        None, "--undo", metavar="REPORT", help="Take the changes of this report out again."
    ),
    jobs: int = typer.Option(default_jobs(), "--jobs", min=1, help="Processes to work with."),
    catalogue: Path | None = typer.Option(
        None, "--catalogue", metavar="FILE", help="Books to know; the installed ones otherwise."
    ),
    media: Literal["auto", "html", "text", "markdown"] = typer.Option(
        "auto", "--format", help="What the documents are; by name and content otherwise."
    ),
) -> None:
    """Tag shop links as yours and link the books you name. Every other character stays.

    One document goes to standard output, several need -o DIR. Without --channel the rules of your
    own site hold and no disclosure is put in: it is yours to place.

    Example: bookplate rewrite posts/ -o tagged/ --tag com=example-20 --report changes.jsonl

    And back again: bookplate rewrite --undo changes.jsonl tagged/ -o posts-again/
    """
    work: Callable[[Input], Done]
    if undo is not None:
        if report is not None:
            raise UsageError("--undo writes no report.", mend="Leave --report out.")
        work = partial(undone, changes=read_report(undo), alone=_is_alone(paths), out=out)
        jobs = 1  # handing the report to other processes costs more than they save
    else:
        network = _network(channel)
        shops = tracking_ids_by_shop(tag).items()
        ids = tuple((kind, *each) for kind, found in shops for each in found.items())
        job = Job(ids, network, mentions, media, catalogue, out, others)
        work = partial(rewritten, job=job)
    if out is None and not _is_alone(paths):
        raise UsageError("Several documents need a folder to go to.", mend="Add: -o DIR")
    code = _walk(paths, work, jobs=jobs, out=out, report=report, undoing=undo is not None)
    if code:
        raise typer.Exit(code)


def _walk(
    paths: "Sequence[str]",
    work: "Callable[[Input], Done]",
    *,
    jobs: int,
    out: Path | None,
    report: Path | None,
    undoing: bool,
) -> int:
    tally = Tally()
    notes: dict[str, None] = {}
    changed = 0
    sources = _distinct(paths, out, may_overwrite=out is not None and not _is_empty(out))
    with ExitStack() as stack:
        book = stack.enter_context(Report(report)) if report else None
        for outcome in run(sources, work, jobs=jobs, label="rewriting"):
            done = tally.good(outcome)
            if done is None:
                continue
            if done.output is not None:
                sys.stdout.buffer.write(done.output)
            if book:
                book.write(outcome.input, done.changes)
            if done.notes and len(notes) < _NOTES_COUNTED:
                notes.update(dict.fromkeys(done.notes))
            changed += len(done.changes)
    _tell(notes)
    if out is not None:
        what = "changes taken out" if undoing else "changes"
        print(f"{tally.done} documents, {changed} {what} → {out}", file=sys.stderr)
    return tally.exit_code


def _distinct(
    paths: "Sequence[str]", out: Path | None, *, may_overwrite: bool
) -> "Iterator[Input]":
    """The inputs. Raises UsageError where one would overwrite another, or itself, which it
    can't where the folder `out` held nothing before."""
    written: set[str] = set()
    for each in inputs(paths):
        if out is not None:
            if each.relative in written:
                raise UsageError(
                    f"{each.name} and another input would both become {out / each.relative}.",
                    mend="Give the folder that holds both, or rewrite them one after the other.",
                )
            if may_overwrite and not each.is_stdin and _is_there(out / each.relative, each.name):
                raise UsageError(f"{each.name} would overwrite itself.", mend="Use another -o DIR.")
            written.add(each.relative)
        yield each


def _is_empty(folder: Path) -> bool:
    """Whether the folder holds nothing yet, so that no file of it can be overwritten."""
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is None
    except OSError as error:
        return isinstance(error, FileNotFoundError)


def _is_there(target: Path, path: str) -> bool:
    """Whether what would be written is the very file that is read."""
    try:
        return target.samefile(path)
    except FileNotFoundError:
        return False


def _is_alone(paths: "Sequence[str]") -> bool:
    return len(paths) == 1 and not Path(paths[0]).is_dir()


def _network(channel: str | None) -> str | None:
    """The network whose rules hold on channels of this kind. Raises UsageError."""
    if channel is None:
        return None
    from service.plugins import channel_class, channel_kinds

    if channel not in channel_kinds():
        known = ", ".join(channel_kinds())
        raise UsageError(f'There is no channel kind "{channel}".', mend=f"Use one of: {known}")
    return channel_class(channel).abilities.network


def _tell(notes: dict[str, None]) -> None:
    for note in list(notes)[:_NOTES]:
        print(f"note: {note}", file=sys.stderr)
    if len(notes) > _NOTES:
        print(f"note: and {len(notes) - _NOTES} more like these", file=sys.stderr)
