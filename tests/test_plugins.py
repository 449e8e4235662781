"""Adapters are found by their file's name or an entry point, and imported only when asked for."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from service import plugins
from service.errors import SettingsError
from service.model import Abilities, Article, ChannelSettings, Letter, ShortText
from service.ports import Channel

FORMS = {"article": Article, "letter": Letter, "short_text": ShortText}
PIGEON = """
from dataclasses import dataclass
from service.model import Abilities

class Pigeon:
    kind = "pigeon"
    abilities = Abilities("short_text", "pigeon")

    @dataclass(frozen=True)
    class Options:
        loft: str
        birds: int = 1
"""


@pytest.fixture
def third_party(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on the path with an installed distribution that brings the channel "pigeon"."""
    (tmp_path / "pigeons.py").write_text(PIGEON)
    info = tmp_path / "pigeons-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: pigeons\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[bookplate.channels]\npigeon = pigeons:Pigeon\nbroken = pigeons_that_are_not_there:X\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    plugins._modules.cache_clear()
    yield tmp_path
    sys.modules.pop("pigeons", None)
    plugins._modules.cache_clear()


@pytest.mark.parametrize("kind", plugins.channel_kinds())
def test_every_channel_is_what_the_port_asks_for(kind: str) -> None:
    found = plugins.channel_class(kind)

    assert found.kind == kind
    assert isinstance(found.abilities, Abilities)
    assert found.abilities.form in FORMS
    for name in ("verify", "publish", "update", "withdraw", "Options"):
        assert hasattr(found, name)
    assert Channel in found.__mro__


@pytest.mark.parametrize("kind", plugins.channel_kinds())
def test_no_option_of_a_channel_takes_a_name_that_is_ours(kind: str) -> None:
    from dataclasses import fields

    ours = {"name", "kind", "mentions", "post_text"}

    assert not ours & {each.name for each in fields(plugins.channel_class(kind).Options)}


def test_listing_the_kinds_imports_none() -> None:
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from service import plugins; print(plugins.channel_kinds());"
            "assert not [m for m in sys.modules if m.startswith('adapters')]",
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=Path(plugins.__file__).parents[1],
    ).stdout

    assert "'file'" in said
    assert "'smtp'" in said


def test_an_unknown_kind_names_those_there_are() -> None:
    with pytest.raises(SettingsError, match='no kind "pigeon"') as wrong:
        plugins.channel_class("pigeon")
    assert "smtp" in wrong.value.mend


def test_a_third_party_s_channel_is_found_by_its_entry_point(third_party: Path) -> None:
    assert "pigeon" in plugins.channel_kinds()
    assert "pigeons" not in sys.modules

    assert plugins.channel_class("pigeon").kind == "pigeon"


def test_a_third_party_s_channel_that_cannot_be_imported_is_told(third_party: Path) -> None:
    with pytest.raises(SettingsError, match=r"broken.*can't be loaded") as wrong:
        plugins.channel_class("broken")
    assert "pigeons_that_are_not_there" in str(wrong.value)
    assert wrong.value.mend


def test_a_third_party_never_takes_the_place_of_ours(third_party: Path) -> None:
    path = next(third_party.glob("*.dist-info")) / "entry_points.txt"
    path.write_text("[bookplate.channels]\nfile = pigeons:Pigeon\n")
    plugins._modules.cache_clear()

    assert plugins.channel_class("file").__module__.startswith("adapters.local")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, "loft is missing"),
        ({"loft": "roof", "lofft": "x"}, "there is no setting lofft"),
        ({"loft": "roof", "birds": "many"}, "birds: "),
        ({"loft": 7}, "loft: "),
    ],
)
def test_a_channel_s_settings_are_checked_by_what_it_declares(
    third_party: Path, options: dict[str, object], told: str
) -> None:
    from service.deliver.channels import options_of

    with pytest.raises(SettingsError) as wrong:
        options_of(ChannelSettings("home", "pigeon", options))

    assert "Channel home (pigeon)" in wrong.value.what
    assert told in wrong.value.what
    assert "loft, birds" in wrong.value.mend


def test_a_channel_s_settings_are_filled_with_its_defaults(third_party: Path) -> None:
    from service.deliver.channels import options_of

    options = options_of(ChannelSettings("home", "pigeon", {"loft": "roof"}))

    assert (options.loft, options.birds) == ("roof", 1)  # type: ignore[attr-defined]


def test_every_programme_is_one() -> None:
    for programme in plugins.programmes():
        assert programme.kind
        assert programme.hosts
        assert all(host == host.lower() for host in programme.hosts)
