"""Tables and lines for people: within 100 columns, the sum last, what to do next very last."""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from service.model import Book, Finding
    from service.store.views import DeliveryView, PostView, Waiting

WIDTH = 100
#: a rewrite's rules that people want to hear of, as what was done
_CHANGES = {
    "tag": "tagged",
    "book": "linked",
    "disclosure": "disclosed",
    "untag": "untagged",
    "unlink": "unlinked",
}

_VERBS = {
    "rewrite": "to be tagged",
    "link": "linked",
    "suggest": "waits for you",
    "keep": "left alone",
    "ignore": "no book",
}


def console() -> "Console":
    """Standard output; in a pipe 100 columns wide and without colour."""
    from rich.console import Console

    found = Console()
    width = min(found.width, WIDTH) if found.is_terminal else WIDTH
    return Console(width=width, highlight=False, markup=False, emoji=False)


def table(*columns: str) -> "Table":
    """A quiet table: a rule under the head, no box."""
    from rich import box
    from rich.table import Table

    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for name in columns:
        made.add_column(name, overflow="fold")
    return made


def day(moment: datetime | None) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M") if moment else ""


def print_json(value: object) -> None:
    """One JSON object on a line, dates as in RFC 3339; ASCII where the output knows no more."""
    narrow = not (sys.stdout.encoding or "utf-8").lower().startswith("utf")
    sys.stdout.write(json.dumps(plain(value), ensure_ascii=narrow) + "\n")


def plain(value: object) -> Any:
    """Nouns as what JSON can say."""
    from pydantic_core import to_jsonable_python

    return to_jsonable_python(value)


def book_line(finding: "Finding") -> str:
    """A finding in one line: its book, what becomes of it, how sure we are."""
    name = finding.title or finding.text
    if finding.kind == "book_link" and not _same(finding.text, finding.title):
        name = f"“{' '.join(finding.text.split())}” → {name}"
    by = f" by {finding.authors[0]}" if finding.authors else ""
    return f"{name}{by}: {_VERBS[finding.decision]} ({finding.confidence:.0%})"


def _same(text: str, title: str | None) -> bool:
    return title is None or text.casefold() in title.casefold()


def reasons(finding: "Finding", most: int | None = None) -> list[str]:
    """The reasons for a finding, and which other books or editions there are.

    Of `most` reasons the first and the last, which tells of the edition.
    """
    why = dict.fromkeys((*finding.why[:most], *finding.why[-1:]))
    others = [f"or: {book_words(each)}" for each in finding.alternatives]
    return [*why, *others[:most]]


def book_words(book: "Book") -> str:
    """A book in one line: title, first author, number."""
    by = f" by {book.authors[0]}" if book.authors else ""
    return f"{book.title}{by}" + (f" ({book.edition})" if book.edition else "")


def distinct(findings: Iterable["Finding"]) -> list["Finding"]:
    """The findings that are shown, each book once, links as they are."""
    shown: dict[object, Finding] = {}
    for each in findings:
        if each.decision == "ignore":
            continue
        is_link = each.kind in ("amazon_link", "shop_link")
        is_call = each.kind == "book_link" and not _same(each.text, each.title)
        key = (
            each.url if is_link else (each.text if is_call else each.title or each.text).casefold()
        )
        if key not in shown or each.confidence > shown[key].confidence:
            shown[key] = each
    return list(shown.values())


def posts_table(posts: Sequence["PostView"]) -> "Table":
    """Per post: what was found, what was changed and why, what went where."""
    made = table("post", "found", "changed, and why", "went where")
    for post in posts:
        if made.row_count:
            made.add_section()
        books = [_book_of(each) for each in _books(post.findings)]
        made.add_row(
            f"{post.title or post.url} [{post.id}]",
            "\n".join(books) or ("no book" if post.deliveries else "–"),
            "\n".join(_changed(post.deliveries)) or ("nothing" if post.deliveries else "–"),
            "\n".join(_went(post)),
        )
    return made


def _books(findings: Iterable["Finding"]) -> list["Finding"]:
    """Each book once, by its surest finding."""
    surest: dict[str, Finding] = {}
    for each in findings:
        if each.decision == "ignore" or not each.title:
            continue
        key = each.title.partition(": ")[0].casefold()
        if key not in surest or each.confidence > surest[key].confidence:
            surest[key] = each
    return list(surest.values())


def _book_of(finding: "Finding") -> str:
    name = (finding.title or finding.text).partition(": ")[0]
    by = f", {finding.authors[0]}" if finding.authors else ""
    asked = "?" if finding.decision == "suggest" else ""
    return f"{name}{by}{asked} {finding.confidence:.0%}"


def _changed(deliveries: Sequence["DeliveryView"]) -> list[str]:
    """The changes of the channel that shows most of them, alike ones counted, and what was left."""
    if not deliveries:
        return []
    fullest = max(deliveries, key=lambda each: len(each.changes))
    counted = Counter(
        (change.rule, change.why) for change in fullest.changes if change.rule in _CHANGES
    )
    lines = [
        f"{_CHANGES[rule]}{f' {count}' if count > 1 else ''}: {why}"
        for (rule, why), count in counted.items()
    ]
    # what is told here was made by bookplate.toml: options of the filters are no way to mend it
    return lines + [f"left: {note.partition(', or --tag')[0]}" for note in fullest.notes]


def _went(post: "PostView") -> list[str]:
    by_state: dict[str, list[str]] = {}
    for each in post.deliveries:
        by_state.setdefault(each.state, []).append(each.channel)
    return [f"{state}: {', '.join(names)}" for state, names in by_state.items()] or [post.state]


def deliveries_table(deliveries: Sequence["DeliveryView"]) -> "Table":
    made = table("id", "post", "channel", "state", "where or why")
    for each in deliveries:
        good = each.state in ("delivered", "updated")
        where = each.remote_url if good and each.remote_url else each.reason
        made.add_row(str(each.id), each.post_title, each.channel, each.state, where)
    return made


def next_step(waiting: "Waiting") -> str:
    """What to do next, in one line."""
    if waiting.count:
        return f"{plural(waiting.count, 'thing')} for you to decide: bookplate review"
    if waiting.due:
        return f"{plural(waiting.due, 'delivery')} still to be sent: bookplate run"
    if waiting.settling:
        return (
            f"{plural(waiting.settling, 'post')} not announced yet: bookplate run later, "
            "or --post URL to announce it now"
        )
    return "Nothing waits for you."


def plural(count: int, noun: str) -> str:
    """For example "1 post", "2 posts", "3 deliveries"."""
    if count == 1:
        return f"1 {noun}"
    return f"{count} {noun[:-1]}ies" if noun.endswith("y") else f"{count} {noun}s"
