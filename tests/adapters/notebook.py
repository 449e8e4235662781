"""What channel tests hand to an adapter: receipts in memory, renditions, a context."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx2

from service.model import Article, Image, Letter, Rendition, Rule, ShortText
from service.ports import ChannelContext

ALLOWED = Rule("allowed", "our own site")


@dataclass
class Notebook:
    """Receipts in memory; `log` tells what was noted, in order."""

    log: list[tuple[str, str]] = field(default_factory=list)
    done: dict[str, str] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)

    def finished(self, part: str) -> str | None:
        return self.done.get(part)

    def cut_off(self, part: str) -> bool:
        return part in self.begun

    def begin(self, part: str) -> None:
        self.log.append(("begin", part))
        self.begun.add(part)

    def finish(self, part: str, remote_id: str) -> None:
        self.log.append(("finish", part))
        self.begun.discard(part)
        self.done[part] = remote_id

    def drop(self, part: str) -> None:
        self.log.append(("drop", part))
        self.begun.discard(part)


def context(directory: Path, http: httpx2.Client | None = None) -> ChannelContext:
    return ChannelContext(
        http=http or httpx2.Client(trust_env=False, timeout=10),
        directory=directory,
        blog_url="https://blog.example/",
        blog_title="A Blog of Books",
    )


def article(
    title: str = "Three winters with one book",
    *,
    url: str = "https://blog.example/three-winters/",
    html: str = "<p>I read it <em>slowly</em>.</p>",
    published: datetime | None = datetime(2026, 11, 3, 8, 30, tzinfo=UTC),
    tags: Sequence[str] = ("books", "winter reading"),
) -> Rendition:
    body = Article(
        html=html,
        summary="I read it slowly.",
        authors=("Ada Lindqvist",),
        tags=tuple(tags),
        published=published,
        image=Image("https://blog.example/winter.jpg"),
        language="en",
    )
    return Rendition("drop", url, title, body, ALLOWED)


def letter(subject: str = "Three winters with one book") -> Rendition:
    body = Letter(subject, "<!doctype html><p>Grüße – read it.</p>", "Grüße – read it.\n")
    return Rendition("letter", "https://blog.example/three-winters/", subject, body, ALLOWED)


def short(body: ShortText, title: str = "Three winters with one book") -> Rendition:
    return Rendition("social", "https://blog.example/three-winters/", title, body, ALLOWED)
