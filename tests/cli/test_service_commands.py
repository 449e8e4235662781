"""The commands around `run`: what they say, what they print as JSON, what they end with.

One workplace is set up for the module; its tests only look. Those that decide have their own.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.blog import Blog, prose
from tests.old_blog import POSTS, OldBlog
from tests.workplace import DROP, Workplace

MENTION = "I also read The Housekeeper and the Professor, which was on my shelf for years."


@pytest.fixture(scope="module")
def site() -> Iterator[Blog]:
    with Blog() as running:
        yield running


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory, site: Blog) -> Workplace:
    """A workplace with a past: an old post, two that are out, six that are held."""
    place = Workplace(tmp_path_factory.mktemp("past"))
    place.configure(site.feed)
    site.add("old")
    place("run")
    site.add("first", html=prose("first", MENTION))
    site.add("second")
    place("run")
    for number in range(6):
        site.add(f"import-{number}")
    place("run")
    return place


@pytest.fixture
def own(past: Workplace, tmp_path: Path) -> Workplace:
    """A copy of that workplace, to decide things in."""
    folder = tmp_path / "own"
    shutil.copytree(past.folder, folder)
    return Workplace(folder)


def first_id(place: Workplace, command: str, **wanted: str) -> str:
    """The id of the first thing listed that has these values."""
    for each in place.jsonl(command, "--jsonl", "--limit", "100"):
        if all(each[name] == value for name, value in wanted.items()):
            return str(each["id"])
    raise AssertionError(f"no {command} with {wanted}")


# ── looking ──────────────────────────────────────────────────────────────────────────────


def test_home_says_where_things_stand(past: Workplace, site: Blog) -> None:
    said = past().stdout

    assert site.feed in said
    assert "9 posts known" in said
    assert "6 posts held: bookplate posts --state held" in said
    assert said.rstrip().endswith("bookplate review")


def test_home_without_a_configuration_says_how_to_begin(tmp_path: Path) -> None:
    said = Workplace(tmp_path)()

    assert "bookplate init" in said.stdout


def test_version_and_help(past: Workplace) -> None:
    assert past("--version").stdout.startswith("bookplate ")
    said = past("--help").stdout
    for command in ("run", "posts", "deliveries", "review", "channels", "doctor", "export"):
        assert command in said


@pytest.mark.parametrize(
    "command",
    ["run", "posts", "deliveries", "review", "channels", "doctor", "db", "init", "export"],
)
def test_every_command_has_help_with_an_example(past: Workplace, command: str) -> None:
    said = " ".join(past(command, "--help").stdout.split())

    assert "Example:" in said or command == "db"  # which only has commands of its own


def test_posts_are_listed_the_newest_first(past: Workplace) -> None:
    said = past("posts").stdout
    listed = past.jsonl("posts", "--jsonl")

    assert "About first" in said
    assert "9 posts." in said
    assert max(map(len, said.splitlines())) <= 100
    days = [each["published"] for each in listed]
    assert days == sorted(days, reverse=True)
    assert {each["state"] for each in listed} == {"baseline", "announced", "held"}


def test_posts_can_be_chosen_by_state(past: Workplace) -> None:
    assert len(past.jsonl("posts", "--jsonl", "--state", "held")) == 6
    assert len(past.jsonl("posts", "--jsonl", "--state", "held", "--limit", "2")) == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "9 posts."),
        (("--limit", "4"), "4 posts, 5 more: --all or --limit 9."),
        (("--limit", "5", "--state", "held"), "5 posts, 1 more: --all or --limit 6."),
        (("--all",), "9 posts."),
    ],
)
def test_a_short_list_says_how_many_more_there_are(
    past: Workplace, words: tuple[str, ...], told: str
) -> None:
    assert told in past("posts", *words).stdout


def test_a_post_is_shown_with_its_reasons(past: Workplace, site: Blog) -> None:
    post_id = first_id(past, "posts", state="announced")

    said = past("posts", "show", post_id).stdout
    told = past.json("posts", "show", post_id)

    assert told["url"] in said
    assert "drop" in said
    assert told["reason"]
    assert told["deliveries"][0]["channel"] == "drop"


def test_a_post_tells_what_was_decided_of_it_before(own: Workplace) -> None:
    post_id = first_id(own, "posts", state="held")
    assert len(own.json("posts", "show", post_id)["decisions"]) == 1

    own("posts", "skip", post_id)

    told = own.json("posts", "show", post_id)["decisions"]
    assert [each["state"] for each in told] == ["held", "skipped"]
    said = " ".join(own("posts", "show", post_id).stdout.split())
    assert "held: One of 6 new posts at once" in said
    assert "skipped: Rejected by you." in said


def test_a_held_post_says_why(past: Workplace) -> None:
    post_id = first_id(past, "posts", state="held")

    assert "One of 6 new posts at once" in past("posts", "show", post_id).stdout


def test_deliveries_are_listed_and_chosen(past: Workplace) -> None:
    said = past("deliveries").stdout
    listed = past.jsonl("deliveries", "--jsonl")

    assert "2 deliveries." in said
    assert {each["state"] for each in listed} == {"delivered"}
    assert past.jsonl("deliveries", "--jsonl", "--channel", "nobody") == []
    assert past.jsonl("deliveries", "--jsonl", "--state", "failed") == []


def test_a_delivery_is_shown_with_rendition_changes_and_attempts(past: Workplace) -> None:
    delivery_id = first_id(past, "deliveries", state="delivered")

    said = past("deliveries", "show", delivery_id).stdout
    told = past.json("deliveries", "show", delivery_id)

    assert "changed:" in said
    assert "shelf-20" in said
    assert told["rendition"]["body"]["form"] == "article"
    assert [each["outcome"] for each in told["attempts"]] == ["delivered"]


def test_review_lists_what_waits_with_its_commands(past: Workplace) -> None:
    said = past("review").stdout
    told = past.json("review")

    assert "bookplate posts approve" in said
    assert "bookplate posts skip" in said
    assert len(told["posts"]) == 6


def test_channels_and_rules_are_listed(past: Workplace) -> None:
    assert "drop" in past("channels").stdout
    (channel,) = past.jsonl("channels", "--jsonl")
    assert channel["abilities"]["edit"] is True
    assert past("channels", "verify").stdout.startswith("drop: writes into ")
    (rule,) = past.jsonl("channels", "rules", "--jsonl")
    assert rule["rule"]["verdict"] == "allowed"


def test_doctor_finds_nothing_to_mend(past: Workplace) -> None:
    said = past("doctor").stdout
    signs = past.json("doctor")

    assert "All is well" in said
    assert {each["state"] for each in signs} <= {"ok", "note"}
    assert {"configuration", "catalogue", "database", "channel drop", "source blog"} <= {
        each["what"] for each in signs
    }


def test_db_says_its_version(past: Workplace) -> None:
    from service.store.engine import SCHEMA

    assert past("db", "current").stdout.strip() == f"database {SCHEMA}, program {SCHEMA}"
    assert SCHEMA in past("db", "upgrade").stdout


def test_export_is_everything_as_json_lines(past: Workplace) -> None:
    lines = past.jsonl("export")

    kinds = [each["kind"] for each in lines]
    assert kinds.count("source") == 1
    assert kinds.count("post") == 9
    post: dict[str, Any] = next(each for each in lines if each.get("title") == "About first")
    assert post["content"]["html"]
    assert post["deliveries"][0]["state"] == "delivered"


# ── deciding ─────────────────────────────────────────────────────────────────────────────


def test_a_held_post_is_approved_and_another_skipped(own: Workplace) -> None:
    held = [str(each["id"]) for each in own.jsonl("posts", "--jsonl", "--state", "held")]

    assert "bookplate run" in own("posts", "approve", held[0]).stdout
    assert f"bookplate posts approve {held[1]}" in own("posts", "skip", held[1]).stdout
    own("run")

    states = {str(each["id"]): each["state"] for each in own.jsonl("posts", "--jsonl")}
    assert states[held[0]] == "announced"
    assert states[held[1]] == "skipped"
    assert len(own.events()) == 3


def test_a_post_is_withdrawn_everywhere(own: Workplace) -> None:
    post_id = first_id(own, "posts", state="announced")

    own("posts", "withdraw", post_id)
    own("run")

    assert own.events()[-1]["action"] == "withdraw"
    assert own.json("posts", "show", post_id)["deliveries"][0]["state"] == "withdrawn"


def test_a_delivery_is_withdrawn_alone(own: Workplace) -> None:
    delivery_id = first_id(own, "deliveries", state="delivered")

    own("deliveries", "withdraw", delivery_id)
    own("run")

    assert own.json("deliveries", "show", delivery_id)["state"] == "withdrawn"


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("posts", "show", "4711"), 2, "bookplate posts"),
        (("posts", "approve", "4711"), 2, "no post 4711"),
        (("deliveries", "show", "4711"), 2, "bookplate deliveries"),
        (("deliveries", "retry", "4711"), 2, "no delivery 4711"),
        (("deliveries", "retry", "1"), 2, '"delivered"'),
        (("posts", "show", "x"), 2, "integer"),
        (("posts", "--all", "--limit", "3"), 2, "say different things"),
    ],
)
def test_what_is_not_there_is_told(
    past: Workplace, words: tuple[str, ...], code: int, told: str
) -> None:
    said = past(*words, expect=code).stderr

    assert told in said
    assert "Traceback" not in said


def test_a_title_is_ruled_on_for_every_post(own: Workplace) -> None:
    own("review", "reject", "The Housekeeper and the Professor")
    own("run")

    lines = own.jsonl("export")
    (ruling,) = [each for each in lines if each["kind"] == "ruling"]
    assert ruling["decision"] == "ignore"


def test_a_title_is_said_to_mean_a_book_listed_and_forgotten(own: Workplace) -> None:
    title = "The Housekeeper and the Professor"
    said = own("review", "accept", title, "--isbn", "978-1-4555-8669-1").stdout
    assert f"means {title} (ISBN 9781455586691)" in said
    (decided,) = own.json("review", "decisions")
    assert (decided["title"], decided["decision"]) == (title, "link")
    assert decided["book"]["edition"]["isbn13"] == "9781455586691"
    own("review", "forget", title)
    assert own.json("review", "decisions") == []
    assert "Nothing was decided" in own("review", "forget", title, expect=2).stderr
    wrong = own("review", "accept", title, "--isbn", "978-1-4555-8669-2", expect=2).stderr
    assert "is no book’s number" in wrong


# ── beginning ────────────────────────────────────────────────────────────────────────────


def test_init_discovers_the_feed_and_writes_a_configuration_that_runs(
    tmp_path: Path, site: Blog
) -> None:
    place = Workplace(tmp_path)

    said = place("init", site.feed, "--tag", "com=shelf-20", "--allow-private", "127.0.0.1")

    assert "Wrote bookplate.toml" in said.stdout
    assert site.feed in (tmp_path / "bookplate.toml").read_text()
    place("run")
    assert place.json("doctor")


def test_init_follows_what_lists_the_posts_where_there_is_no_feed(tmp_path: Path) -> None:
    place = Workplace(tmp_path)
    with OldBlog("wordpress") as old:
        old.write(7, listed=7)
        old.failing = 404

        said = place("init", f"{old.url}/", "--allow-private", "127.0.0.1").stdout
        place("run")
        old.add("news", day=10)

        assert "WordPress's API is followed, with 7 posts" in said
        assert (
            f'feed = "{old.url}{POSTS}"    # WordPress' in (tmp_path / "bookplate.toml").read_text()
        )
        assert "1 new" in place("run").stdout
        assert "8 posts" in place("backfill", "--dry-run").stdout


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("init",), 2, "Whose blog?"),
        (("init", "https://blog.example/", "--tag", "shelf-20"), 2, "names no marketplace"),
        (("init", "http://127.0.0.1:9/"), 1, "--allow-private"),
    ],
)
def test_init_says_what_is_missing(
    tmp_path: Path, words: tuple[str, ...], code: int, told: str
) -> None:
    said = Workplace(tmp_path)(*words, expect=code).stderr

    assert told in said
    assert not (tmp_path / "bookplate.toml").exists()


def test_init_replaces_nothing(own: Workplace, site: Blog) -> None:
    before = (own.folder / "bookplate.toml").read_text()

    said = own("init", site.feed, "--allow-private", "127.0.0.1", expect=1).stderr

    assert "--force" in said
    assert (own.folder / "bookplate.toml").read_text() == before


def test_doctor_says_what_is_wrong_and_how_to_mend_it(own: Workplace, site: Blog) -> None:
    own.configure(
        site.url + "/none.xml",
        DROP,
        '\n[[channel]]\nname = "letter"\nkind = "smtp"\nhost = "127.0.0.1"\nport = 9\n'
        'security = "none"\nsender = "ada@shelf.example"\nto = ["ben@shelf.example"]\n',
        more='[[source]]\nname = "cms"\nkind = "webhook"\nsecret = "whsec_"\n',
    )

    said = own("doctor", expect=1).stdout
    signs = {each["what"]: each["state"] for each in own.json("doctor", expect=1)}

    assert "to mend" in said
    assert signs["source blog"] == "wrong"
    assert signs["source cms"] == "wrong"
    assert signs["channel letter"] == "wrong"
    assert signs["channel drop"] == "ok"


def test_doctor_says_which_line_sets_a_missing_tracking_id(own: Workplace, site: Blog) -> None:
    own.configure(site.feed, more='marketplace = "de"')

    signs = {each["what"]: each for each in own.json("doctor")}

    assert signs["tracking ids"]["state"] == "note"
    assert 'Add "amazon.de" = "…" under [affiliate.amazon]' in signs["tracking ids"]["words"]


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ("[blog", "no TOML"),
        ('[blog]\nurl = "https://blog.example/"\nsetle = "1m"\n', "blog.setle"),
        (
            '[blog]\nurl = "https://blog.example/"\n[[channel]]\nname = "x"\nkind = "pigeon"\n',
            "pigeon",
        ),
        (
            '[blog]\nurl = "https://blog.example/"\n[[channel]]\nname = "x"\nkind = "file"\n'
            'direktory = "x"\n',
            "direktory",
        ),
        (
            '[blog]\nurl = "https://blog.example/"\n[[channel]]\nname = "x"\nkind = "mastodon"\n'
            'server = "social.example"\naccess_token = { env = "NOT_SET_ANYWHERE" }\n',
            "NOT_SET_ANYWHERE",
        ),
        ("", "names no blog"),
    ],
)
def test_a_wrong_configuration_is_told_with_its_key(tmp_path: Path, toml: str, told: str) -> None:
    place = Workplace(tmp_path)
    place.write(toml)

    said = place("run", expect=1).stderr

    assert told in said
    assert "→" in said
    assert "Traceback" not in said


def test_channels_verify_names_who_fails(own: Workplace, site: Blog) -> None:
    dead = (
        '\n[[channel]]\nname = "letter"\nkind = "smtp"\nhost = "127.0.0.1"\nport = 9\n'
        'security = "none"\nsender = "ada@shelf.example"\nto = ["ben@shelf.example"]\n'
    )
    own.configure(site.feed, DROP, dead)

    assert own("channels", "verify", expect=3).stderr.startswith("letter: ")
    assert own("channels", "verify", "letter", expect=1).stdout == ""
    assert own("channels", "verify", "drop").stderr == ""


def test_json_is_json_in_every_encoding_of_the_terminal(own: Workplace) -> None:
    said = own("posts", "--jsonl", env={"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}, expect=None)

    assert said.returncode == 0, said.stderr
    assert [json.loads(line) for line in said.stdout.splitlines()]
