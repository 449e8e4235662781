"""Where processes are killed: a blog, channels with real servers, and what must hold after."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

from service.store import views
from service.store.engine import open_store
from service.store.tables import BlogRow
from service.store.views import DeliveryView
from tests.blog import Blog, prose
from tests.real.servers.mastodon import MastodonFake
from tests.real.servers.smtp import SmtpServer
from tests.workplace import DROP, Workplace

READERS = ("ada@shelf.example", "ben@shelf.example")


@dataclass
class Stage:
    """`posts` grows round by round; `killed` counts the kills that hit a living process."""

    place: Workplace
    blog: Blog
    smtp: SmtpServer
    social: MastodonFake
    chance: Random
    posts: list[str] = field(default_factory=list)
    killed: int = 0

    def set_up(self, database_url: str) -> None:
        readers = ", ".join(f'"{each}"' for each in READERS)
        self.place.configure(
            self.blog.feed,
            DROP,
            '\n[[channel]]\nname = "feed"\nkind = "feed"\ndirectory = "feed"\n',
            f'\n[[channel]]\nname = "letter"\nkind = "smtp"\nhost = "127.0.0.1"\n'
            f'port = {self.smtp.port}\nsecurity = "none"\nsender = "ada@shelf.example"\n'
            f"to = [{readers}]\nunsubscribe = "
            '"mailto:ada@shelf.example?subject=unsubscribe"\n',
            f'\n[[channel]]\nname = "social"\nkind = "mastodon"\nserver = "{self.social.url}"\n'
            f'access_token = {{ env = "TOKEN" }}\n',
        )
        self.place.env.update(TOKEN=self.social.token, BOOKPLATE_DATABASE_URL=database_url)
        self.place("run")

    # ── what happens ─────────────────────────────────────────────────────────────────────

    def write(self) -> None:
        """Two new posts, and an edit of one that is out."""
        if self.posts:
            slug = self.chance.choice(self.posts)
            self.blog.edit(slug, prose(slug, f"Mended in round {len(self.posts)}."))
        for _ in range(2):
            slug = f"post-{len(self.posts)}"
            self.blog.add(slug)
            self.posts.append(slug)

    def moment(self) -> Callable[[float], bool]:
        """When to kill: at something that can be seen from outside, or after a while."""
        events, letters = len(self.place.events()), len(self.smtp.messages())
        statuses = len(self.social.requests())
        more = self.chance.randint(1, 3)
        seconds = self.chance.uniform(0.0, 3.0)
        return self.chance.choice(
            [
                lambda _: len(self.place.events()) >= events + more,
                lambda _: len(self.smtp.messages()) >= letters + more,
                lambda _: len(self.social.requests()) >= statuses + more,
                lambda after: after >= seconds,
            ]
        )

    def run_and_kill(self, moment: Callable[[float], bool]) -> None:
        process = self.place.start("run")
        began = time.monotonic()
        while process.poll() is None and not moment(time.monotonic() - began):
            time.sleep(0.005)
        self.killed += process.poll() is None
        kill(process)

    def recover(self) -> None:
        """Run again until nothing is left to be done: once is enough."""
        self.place("run", expect=None)
        again = self.place.json("run", expect=None)
        assert again["deliveries"] == []
        assert again["waiting"]["due"] == 0

    # ── what must hold ───────────────────────────────────────────────────────────────────

    def check(self) -> None:
        deliveries = self.deliveries()
        unsure = {(each.channel, each.post_url) for each in deliveries if each.state == "held"}
        for each in deliveries:
            assert each.state in ("delivered", "updated", "held"), each
            if each.state == "held":
                assert "retry" in each.reason or "may or may not" in each.reason, each.reason
        assert Counter(each.channel for each in deliveries) == dict.fromkeys(
            ("drop", "feed", "letter", "social"), len(self.posts)
        )
        self._check_files()
        self._check_letters(unsure)
        self._check_statuses(unsure)

    def deliveries(self) -> list[DeliveryView]:
        store = open_store(self.place.env["BOOKPLATE_DATABASE_URL"])
        try:
            with store.session() as session:
                owner = session.query(BlogRow).one().id
                return views.deliveries(session, owner, limit=1000)
        finally:
            store.close()

    def _check_files(self) -> None:
        events = self.place.events()
        once = Counter((each["action"], each["key"]) for each in events)
        assert set(once.values()) <= {1}, once
        published = Counter(each["post_url"] for each in events if each["action"] == "publish")
        assert published == dict.fromkeys(map(self.blog.address, self.posts), 1)
        feed = (self.place.folder / "feed/feed.xml").read_text()
        for slug in self.posts:
            (mended,) = re.findall(r"Mended in round \d+\.", self.blog.posts[slug].html) or [""]
            assert mended in self.place.page(slug)
            assert mended in feed
            assert feed.count(f"<title>About {slug}</title>") == 1

    def _check_letters(self, unsure: set[tuple[str, str]]) -> None:
        got = [(each.rcpt_tos[0], str(each.message["Subject"])) for each in self.smtp.messages()]
        ids = Counter(str(each.message["Message-ID"]) for each in self.smtp.messages())
        assert set(ids.values()) <= {1}, ids
        for slug in self.posts:
            for reader in READERS:
                if ("letter", self.blog.address(slug)) not in unsure:
                    assert got.count((reader, f"About {slug}")) == 1, (slug, reader)

    def _check_statuses(self, unsure: set[tuple[str, str]]) -> None:
        texts = [each["content"] for each in self.social.statuses()]
        for slug in self.posts:
            found = sum(f"/{slug}/" in text for text in texts)
            assert found <= 1, slug
            assert found == 1 or ("social", self.blog.address(slug)) in unsure, slug


def kill(process: subprocess.Popen[str]) -> None:
    """kill -9, the whole group."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
