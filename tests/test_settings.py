"""bookplate.toml, the environment, secrets: what is read, and how what is wrong is told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from service.configuration import Configuration, load
from service.errors import SettingsError
from service.model import RuleConfirmation, Thresholds
from service.secrets import reveal
from service.settings import duration

BLOG = '[blog]\nurl = "https://blog.example/"\n'
FILE = '[[channel]]\nname = "drop"\nkind = "file"\ndirectory = "out"\n'


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine's own settings are none of ours."""
    import os

    for name in os.environ:
        if name.startswith("BOOKPLATE_"):
            monkeypatch.delenv(name)


def read(folder: Path, text: str) -> Configuration:
    path = folder / "bookplate.toml"
    path.write_text(text, "utf-8")
    return load(path)


def test_a_blog_s_address_is_enough(tmp_path: Path) -> None:
    found = read(tmp_path, BLOG)

    assert found.blog.url == "https://blog.example/"
    (source,) = found.blog.sources
    assert (source.name, source.kind, source.url) == ("blog", "feed", "https://blog.example/")
    assert source.settle == timedelta(minutes=10)
    assert source.hold_above == 5
    assert found.database_url == f"sqlite:///{tmp_path / 'bookplate.db'}"


def test_a_feed_is_followed_where_it_is_named(tmp_path: Path) -> None:
    found = read(tmp_path, BLOG + 'feed = "https://blog.example/feed.xml"\n')

    assert found.blog.sources[0].url == "https://blog.example/feed.xml"


def test_sources_inherit_from_the_blog_but_webhooks_go_at_once(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        BLOG + 'settle = "1h"\nhold_above = 2\n'
        '[[source]]\nname = "more"\nkind = "page"\nurl = "https://blog.example/notes/"\n'
        '[[source]]\nname = "cms"\nkind = "webhook"\nsecret = "whsec_x"\n',
    )

    own, more, cms = found.blog.sources
    assert own.settle == more.settle == timedelta(hours=1)
    assert own.hold_above == more.hold_above == 2
    assert cms.settle == timedelta(0)
    assert cms.secret == "whsec_x"
    assert "whsec_x" not in repr(cms)


@pytest.mark.parametrize(
    ("spelling", "found"),
    [
        ("de", "amazon.de"),
        ("co.uk", "amazon.co.uk"),
        ("com.au", "com.au"),
        ("amazon.com", "amazon.com"),
        ("www.amazon.co.jp", "amazon.co.jp"),
        ("AMAZON.DE", "amazon.de"),
    ],
)
def test_marketplaces_may_be_spelled_short(tmp_path: Path, spelling: str, found: str) -> None:
    if spelling == "com.au":
        found = "amazon.com.au"
    blog = read(tmp_path, f'{BLOG}[affiliate.amazon]\n"{spelling}" = "ada-20"\n').blog

    assert blog.tracking_ids == {"amazon": {found: "ada-20"}}


@pytest.mark.parametrize(
    ("spelling", "seconds"),
    [
        ("10m", 600),
        ("0s", 0),
        ("1h30m", 5400),
        ("1h 30m", 5400),
        (" 2 h ", 7200),
        ("90", 90),
        (90, 90),
        (1.5, 1.5),
        ("1.5h", 5400),
        ("250ms", 0.25),
        ("1d", 86400),
        ("2w", 1209600),
        (0, 0),
    ],
)
def test_spans_of_time(spelling: object, seconds: float) -> None:
    assert duration(spelling) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "spelling",
    ["", "  ", "soon", "10x", "-5m", "5m-", "m", "1h,5m", -1, True, None, [], float("nan"),
     float("inf"), "999999999999w", "10 minutes", "٣m\n;"],
)  # fmt: skip
def test_what_is_no_span_of_time(spelling: object) -> None:
    with pytest.raises(ValueError, match='write "10m"'):
        duration(spelling)


# ── what is wrong, with its key and its mend ─────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "names no blog"),
        ("[blog\n", "no TOML"),
        (BLOG + 'setle = "1m"\n', "blog.setle: there is no such setting"),
        (BLOG + '[fetsh]\nx = 1\n', "fetsh: there is no such setting"),
        (BLOG + 'settle = "soon"\n', 'blog.settle: "soon" is no span of time'),
        (BLOG + "settle = inf\n", "blog.settle"),
        (BLOG + "hold_above = -1\n", "blog.hold_above"),
        (BLOG + '[serve]\nport = 99999\n', "serve.port"),
        (BLOG + '[[channel]]\nname = "a b"\nkind = "file"\n', "channel.0.name"),
        (BLOG + '[[channel]]\nname = "drop"\n', "channel.0.kind"),
        (BLOG + FILE + 'mentions = "loud"\n', "channel.0.mentions"),
        (BLOG + FILE + FILE, 'Two channels are called "drop"'),
        (BLOG + '[[source]]\nname = "blog"\nurl = "https://x.example/"\n', 'Two sources'),
        (BLOG + '[[source]]\nname = "x"\nkind = "pigeon"\n', "source.0.kind"),
        (BLOG + '[[source]]\nname = "cms"\nkind = "webhook"\n', "source cms has no secret"),
        (BLOG + '[affiliate.amazon]\n"amazon.com" = "ada"\n', '"ada" is no Amazon tracking id'),
        (BLOG + '[affiliate.amazon]\n"amazon.com" = "ada-200"\n', "amazon.com"),
        (BLOG + '[affiliate.amazon]\n"amazon.com" = "a a-20"\n', "amazon.com"),
        (BLOG + '[affiliate.bookshop_org]\n"bookshop.org" = "a"\n', "no Bookshop.org tracking id"),
        (BLOG + '[affiliate.other]\n"x.example" = "a b"\n', "no other tracking id"),
        (BLOG + 'others_tags = "burn"\n', "blog.others_tags"),
        (BLOG + "link_above = 80\n", "blog.link_above"),
        (BLOG + "shops = []\n", "blog.shops"),
        (BLOG + FILE + '[channel.affiliate.amazon]\n"de" = "x"\n', "no Amazon tracking id"),
        (BLOG + FILE + '[channel.rule]\nverdict = "fine"\n', "channel.0.rule.verdict"),
        (BLOG + FILE + '[channel.rule]\nverdict = "labelled"\n', "a verdict needs its reason"),
        (BLOG + FILE + '[channel.rule]\nconfirmed = "soon"\n', "channel.0.rule.confirmed"),
        (BLOG + FILE + 'token = { env = "NOT_SET" }\n', "channel drop: token: $NOT_SET is not set"),
        (BLOG + FILE + 'token = { file = "none" }\n', "channel drop: token"),
        (BLOG + FILE + 'token = { pigeon = "x" }\n', 'no way "pigeon"'),
        (BLOG + FILE + 'token = { env = "A", file = "b" }\n', "channel drop: token is no secret"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_key_and_its_mend(
    tmp_path: Path, text: str, key: str
) -> None:
    with pytest.raises(SettingsError) as wrong:
        read(tmp_path, text).blog  # noqa: B018 - what is wrong is raised

    assert key in wrong.value.what
    assert wrong.value.mend


def test_a_file_that_is_not_there_says_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no other\.toml") as wrong:
        load(tmp_path / "other.toml")
    assert "bookplate init" in wrong.value.mend


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "bookplate.toml").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(SettingsError, match="can't be read") as wrong:
        load(tmp_path / "bookplate.toml")
    assert wrong.value.mend


# ── the environment ──────────────────────────────────────────────────────────────────────


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOOKPLATE_BLOG__SETTLE", "7s")
    monkeypatch.setenv("BOOKPLATE_DATABASE_URL", "postgresql://ada@host/name")
    monkeypatch.setenv("BOOKPLATE_MARKETPLACE", "de")

    found = read(tmp_path, BLOG + 'title = "Mine"\nsettle = "1h"\n')

    assert found.blog.sources[0].settle == timedelta(seconds=7)
    assert found.blog.title == "Mine"
    assert found.database_url == "postgresql+psycopg://ada@host/name"
    assert found.blog.marketplace == "amazon.de"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOOKPLATE_BLOG", "no table"),
        ("BOOKPLATE_BLOG__SETTLE", "soon"),
        ("BOOKPLATE_SERVE__PORT", "x"),
    ],
)
def test_a_variable_that_is_wrong_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError, match="BOOKPLATE_") as wrong:
        read(tmp_path, BLOG)
    assert wrong.value.mend


def test_the_configuration_may_stand_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.toml").write_text(BLOG)
    monkeypatch.setenv("BOOKPLATE_CONFIG", str(tmp_path / "mine.toml"))

    assert load().path == tmp_path / "mine.toml"
    monkeypatch.delenv("BOOKPLATE_CONFIG")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bookplate.toml").write_text(BLOG)
    assert load().path == tmp_path / "bookplate.toml"


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("sqlite:///data/b.db", "sqlite:///{folder}/data/b.db"),
        ("sqlite:////var/b.db", "sqlite:////var/b.db"),
        ("postgresql+psycopg://a@b/c", "postgresql+psycopg://a@b/c"),
    ],
)
def test_a_relative_database_stands_beside_the_configuration(
    tmp_path: Path, url: str, found: str
) -> None:
    assert read(tmp_path, f'database_url = "{url}"\n{BLOG}').database_url == found.format(
        folder=tmp_path
    )


# ── secrets ──────────────────────────────────────────────────────────────────────────────


def test_secrets_come_from_the_environment_and_from_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "from the environment")
    (tmp_path / "token").write_text("from a file\n")
    found = read(
        tmp_path,
        BLOG + FILE + 'one = { env = "TOKEN" }\ntwo = { file = "token" }\nthree = "here"\n',
    )

    (channel,) = found.blog.channels
    assert channel.options["one"] == "from the environment"
    assert channel.options["two"] == "from a file"
    assert channel.options["three"] == "here"
    assert "from" not in repr(channel)


def test_a_secret_in_a_keyring_says_what_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "keyring", None)

    with pytest.raises(SettingsError, match="not installed") as wrong:
        reveal({"keyring": "x"}, tmp_path, "channel drop: token")
    assert "bookplate[keyring]" in wrong.value.mend


def test_from_where_a_book_is_linked_and_suggested_is_the_blogs_choice(tmp_path: Path) -> None:
    assert read(tmp_path, BLOG).blog.thresholds == Thresholds()
    chosen = BLOG + "link_above = 0.95\nsuggest_above = 0.5\n"
    assert read(tmp_path, chosen).blog.thresholds == Thresholds(0.95, 0.5)


def test_shops_and_other_peoples_tags_are_the_blogs_choice(tmp_path: Path) -> None:
    blog = read(tmp_path, BLOG).blog
    assert (blog.shops, blog.others_tags) == (("amazon",), "replace")
    chosen = BLOG + 'shops = ["bookshop_org", "amazon"]\nothers_tags = "ask"\n'
    blog = read(tmp_path, chosen + '[affiliate.bookshop_org]\n"bookshop.org" = "12345"\n').blog
    assert (blog.shops, blog.others_tags) == (("bookshop_org", "amazon"), "ask")
    assert blog.tracking_ids == {"bookshop_org": {"bookshop.org": "12345"}}


def test_a_channel_has_ids_and_a_rule_of_its_own(tmp_path: Path) -> None:
    (channel,) = read(
        tmp_path,
        BLOG
        + FILE
        + '[channel.affiliate.amazon]\nde = "drop-21"\n'
        + '[channel.rule]\nverdict = "labelled"\nreason = "asked them"\nconfirmed = 2026-11-24\n',
    ).blog.channels
    assert channel.tracking_ids == {"amazon": {"amazon.de": "drop-21"}}
    assert channel.rule == RuleConfirmation("labelled", "asked them", "2026-11-24")
    assert "affiliate" not in channel.options
    assert "rule" not in channel.options


def test_a_rule_may_be_confirmed_as_it_is(tmp_path: Path) -> None:
    rule = BLOG + FILE + "[channel.rule]\nconfirmed = 2026-11-24\n"
    assert read(tmp_path, rule).blog.channels[0].rule == RuleConfirmation(None, "", "2026-11-24")


# ── online catalogues ────────────────────────────────────────────────────────────────────


def test_no_catalogue_on_the_web_is_asked_unless_named(tmp_path: Path) -> None:
    assert read(tmp_path, BLOG).blog.online.catalogues == ()


def test_online_catalogues_come_in_order_with_their_options_and_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOOKS_KEY", "k3y")
    text = (
        f'{BLOG}[online]\ncatalogues = ["googlebooks", "openlibrary"]\nbudget = 5\n'
        '[online.googlebooks]\nkey = { env = "BOOKS_KEY" }\n'
    )
    online = read(tmp_path, text).blog.online
    assert online.catalogues == (("googlebooks", {"key": "k3y"}), ("openlibrary", {}))
    assert online.budget == 5
    assert "k3y" not in repr(online)


def test_options_of_a_catalogue_that_is_not_asked_are_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no setting googlebooks"):
        _ = read(tmp_path, f'{BLOG}[online]\n[online.googlebooks]\nkey = "x"\n').blog
