"""Folders of this machine: one HTML file a post, and a log of everything done."""

from __future__ import annotations

import errno
import json
import os
import re
import unicodedata
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from service.errors import RemoteGone, RenditionRejected
from service.folder import alone_in, replace, sync
from service.model import Abilities, Article, Published
from service.ports import Channel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.model import Action, Rendition
    from service.ports import ChannelContext, Receipts

EVENTS = "events.jsonl"
SLUG_LENGTH = 60

Event = dict[str, Any]


class File(Channel):
    """One self-contained HTML file a post, and a line in DIRECTORY/events.jsonl for each thing
    done: {"action", "post_url", "title", "key", "file", "at"}. Scripts and tests read it.

    The file is replaced in one step before its line is written, so a line always tells of a file
    that is there. A repeated key writes no second line.
    """

    kind: ClassVar[str] = "file"
    abilities = Abilities(
        form="article", network="own_site", edit=True, delete=True, idempotency="key"
    )

    @dataclass(frozen=True, slots=True)
    class Options:
        """`directory`: where the files go; a relative one starts beside bookplate.toml."""

        directory: str

    def __init__(self, name: str, options: object, context: ChannelContext) -> None:
        assert isinstance(options, File.Options)
        self.name = name
        self.directory = context.directory / Path(options.directory).expanduser()

    def verify(self) -> str:
        with self._open() as log:
            log.mend()
        return f"writes into {self.directory}"

    def publish(self, rendition: Rendition, key: str, receipts: Receipts) -> Published:
        with self._open() as log:
            done = log.event("publish", key)
            file = done["file"] if done else self._file_for(rendition, log)
            if done is None:
                self._write(file, rendition)
                log.append(_event("publish", rendition.post_url, rendition.title, key, file))
        return self._published(file)

    def update(
        self, published: Published, rendition: Rendition, key: str, receipts: Receipts
    ) -> Published:
        file = Path(published.remote_id).name
        with self._open() as log:
            if log.event("update", key) is None:
                if not (self.directory / file).exists():
                    raise RemoteGone(
                        f"{self.directory / file} is not there any more.",
                        mend="Publish the post to this channel again if it should be.",
                    )
                self._write(file, rendition)
                log.append(_event("update", rendition.post_url, rendition.title, key, file))
        return self._published(file)

    def withdraw(self, published: Published, key: str, receipts: Receipts) -> None:
        file = Path(published.remote_id).name
        with self._open() as log:
            if log.event("withdraw", key) is None:
                (self.directory / file).unlink(missing_ok=True)
                known = log.latest_of(file) or {}
                post_url, title = known.get("post_url", ""), known.get("title", "")
                log.append(_event("withdraw", post_url, title, key, file))

    @contextmanager
    def _open(self) -> Iterator[_Log]:
        with alone_in(self.directory):
            yield _Log(self.directory / EVENTS)

    def _file_for(self, rendition: Rendition, log: _Log) -> str:
        """The post's own file if it has one, else a free name made of its date and title."""
        earlier = log.file_of(rendition.post_url)
        if earlier is not None:
            return earlier
        name = _file_name(rendition, "")
        if self._is_free(name, rendition.post_url, log):
            return name
        return _file_name(rendition, f"-{sha256(rendition.post_url.encode()).hexdigest()[:8]}")

    def _is_free(self, name: str, post_url: str, log: _Log) -> bool:
        if log.latest_of(name) is not None:
            return False
        path = self.directory / name
        # A file without a line is our own where a crash came between the two.
        return not path.exists() or _canonical(post_url) in path.read_text("utf-8", "replace")

    def _write(self, name: str, rendition: Rendition) -> None:
        if not isinstance(rendition.body, Article):
            raise RenditionRejected(f"{self.name} takes whole posts, not a {rendition.body.form}.")
        page = _page(rendition, rendition.body).encode("utf-8", "replace")
        replace(self.directory / name, page)

    def _published(self, file: str) -> Published:
        return Published(file, (self.directory / file).absolute().as_uri())


class _Log:
    """events.jsonl, read whole; only to be used under the lock."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines = path.read_bytes() if path.exists() else b""
        self._written = len(self._lines)
        self._tail = b""
        if self._lines and not self._lines.endswith(b"\n"):
            start = self._lines.rfind(b"\n") + 1
            if _read_event(self._lines[start:]) is None:
                self._written, self._lines = start, self._lines[:start]
            else:
                self._tail = b"\n"

    def event(self, action: Action, key: str) -> Event | None:
        return next((e for e in self._having("key", key) if e["action"] == action), None)

    def latest_of(self, file: str) -> Event | None:
        return next(self._having("file", file), None)

    def file_of(self, post_url: str) -> str | None:
        return next((e["file"] for e in self._having("post_url", post_url)), None)

    def _having(self, field: str, value: str) -> Iterator[Event]:
        """The events whose field has this value, latest first."""
        # A log may be long: only lines that hold the value as it was written are parsed.
        spelled = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
        end = len(self._lines)
        while (found := self._lines.rfind(spelled, 0, end)) >= 0:
            end = self._lines.rfind(b"\n", 0, found) + 1
            event = _read_event(self._lines[end : self._lines.find(b"\n", found)])
            if event is not None and event[field] == value:
                yield event

    def mend(self) -> None:
        """Cut off what a crash or a full disk left of a line; prove that the log can be written."""
        self._write(b"")

    def append(self, event: Event) -> None:
        """Durably add a line; nothing of it stays where that fails."""
        line = json.dumps(event, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        self._write(line)
        self._lines += line

    def _write(self, line: bytes) -> None:
        line = self._tail + line
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o644)
        try:
            os.ftruncate(descriptor, self._written)
            os.lseek(descriptor, 0, os.SEEK_END)
            try:
                if os.write(descriptor, line) != len(line):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                os.fsync(descriptor)
            except OSError:
                os.ftruncate(descriptor, self._written)
                raise
        finally:
            os.close(descriptor)
        if not self._written:
            sync(self._path.parent)
        self._written += len(line)
        self._tail = b""


def _read_event(line: bytes) -> Event | None:
    try:
        event = json.loads(line)
    except ValueError:
        return None
    fields = ("action", "post_url", "title", "key", "file", "at")
    return event if isinstance(event, dict) and all(field in event for field in fields) else None


def _event(action: Action, post_url: str, title: str, key: str, file: str) -> Event:
    at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return {
        "action": action,
        "post_url": post_url,
        "title": title,
        "key": key,
        "file": file,
        "at": at,
    }


def _file_name(rendition: Rendition, suffix: str) -> str:
    published = rendition.body.published if isinstance(rendition.body, Article) else None
    day = f"{published:%Y-%m-%d}-" if published else ""
    return f"{day}{_slug(rendition.title)}{suffix}.html"


def _slug(title: str) -> str:
    letters = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", letters.lower()).strip("-")
    if len(words) > SLUG_LENGTH:
        words = words[: SLUG_LENGTH + 1].rpartition("-")[0] or words[:SLUG_LENGTH]
    return words or "post"


# ── the page ─────────────────────────────────────────────────────────────────────────────

_STYLE = """
:root{color-scheme:light dark;--ink:#22211f;--soft:#6a6660;--paper:#fdfcf9;--rule:#e2ddd3;
--accent:#7a3b1e}
@media(prefers-color-scheme:dark){:root{--ink:#e6e2da;--soft:#a39d92;--paper:#191816;
--rule:#38352f;--accent:#e0a183}}
body{margin:0 auto;max-width:65ch;padding:3rem 1.25rem;background:var(--paper);color:var(--ink);
font:1.125rem/1.6 Charter,"Iowan Old Style",Georgia,serif;overflow-wrap:break-word}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 .5rem}h2,h3,h4{line-height:1.3;margin:2em 0 .5em}
a{color:var(--accent)}img{max-width:100%;height:auto}figure{margin:1.5em 0}
figcaption,.about,footer{color:var(--soft);font:.875rem/1.5 system-ui,sans-serif}
.about{margin:0 0 2.5rem}blockquote{margin:1.5em 0;padding-left:1em;
border-left:3px solid var(--rule)}pre{overflow-x:auto;font-size:.9em}
table{border-collapse:collapse}td,th{padding:.3em .6em;border:1px solid var(--rule)}
.bookplate-disclosure{color:var(--soft);font-size:.9em}
footer{margin-top:3rem;padding-top:1rem;border-top:1px solid var(--rule)}
"""


def _canonical(post_url: str) -> str:
    return f'<link rel="canonical" href="{escape(post_url)}">'


def _page(rendition: Rendition, article: Article) -> str:
    language = escape(article.language or "")
    title, url = escape(rendition.title), escape(rendition.post_url)
    about = [", ".join(map(escape, article.authors))] if article.authors else []
    if article.published:
        stamp = article.published
        about.append(f'<time datetime="{stamp.isoformat()}">{stamp:%Y-%m-%d}</time>')
    return f"""<!doctype html>
<html{f' lang="{language}"' if language else ""}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<meta name="description" content="{escape(article.summary)}">
{_canonical(rendition.post_url)}
<style>{_STYLE}</style>
</head>
<body>
<article>
<h1>{title}</h1>
{f'<p class="about">{" · ".join(about)}</p>' if about else ""}
{article.html}
</article>
<footer><p>First published at <a href="{url}">{url}</a></p></footer>
</body>
</html>
"""
