"""kill -9 at any instant: after the next run everything is out once, or a person is asked.

The seed is fixed. `make chaos` sets CHAOS_ROUNDS to try many more instants than `make test` does.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.blog import Blog
from tests.chaos.stage import Stage, kill
from tests.real.fixtures import StartSmtp
from tests.real.servers.mastodon import MastodonFake
from tests.workplace import Workplace, until

ROUNDS = int(os.environ.get("CHAOS_ROUNDS", "2"))
SEED = int(os.environ.get("CHAOS_SEED", "1813"))


@pytest.fixture
def stage(
    bookplate: Workplace,
    blog: Blog,
    start_smtp: StartSmtp,
    strict_mastodon: MastodonFake,
    database_url: str,
) -> Stage:
    """Everything begun; the mail server takes its time, so that kills hit it at work."""
    smtp = start_smtp(delay=0.02)
    made = Stage(bookplate, blog, smtp, strict_mastodon, random.Random(SEED))
    made.set_up(database_url)
    return made


def test_a_killed_run_doubles_and_loses_nothing(stage: Stage) -> None:
    for _ in range(6 * ROUNDS):  # a run may end before its moment comes
        if stage.killed >= ROUNDS:
            break
        stage.write()
        stage.run_and_kill(stage.moment())
        if stage.chance.random() < 0.4:
            stage.run_and_kill(stage.moment())
        stage.recover()
        stage.check()


def test_a_letter_that_was_cut_off_is_held_and_not_sent_twice(stage: Stage) -> None:
    stage.smtp.configure(delay=0.5)
    stage.write()
    letters = stage.smtp.folder / "messages"
    stage.run_and_kill(lambda _: any(letters.glob("*.json")) or len(stage.smtp.messages()) > 0)
    stage.smtp.configure(delay=0.0)

    stage.recover()
    stage.check()

    assert stage.killed


@pytest.mark.xdist_group("postgresql")
def test_a_run_takes_over_from_another_that_is_killed_beside_it(
    bookplate: Workplace,
    blog: Blog,
    start_smtp: StartSmtp,
    strict_mastodon: MastodonFake,
    postgres_url: str,
    tmp_path: Path,
) -> None:
    smtp = start_smtp(delay=0.1)
    stage = Stage(bookplate, blog, smtp, strict_mastodon, random.Random(SEED))
    stage.set_up(postgres_url)
    stage.write()
    stage.write()
    first = bookplate.start("run")
    until(lambda: smtp.messages() or first.poll() is not None, "the first run delivers")
    second = bookplate.start("run")
    until(lambda: len(smtp.messages()) >= 3 or first.poll() is not None, "it goes on")
    kill(first)

    said = second.communicate(timeout=120)

    assert second.returncode in (0, 3), said
    stage.recover()
    stage.check()
