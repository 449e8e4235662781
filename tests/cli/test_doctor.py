"""What doctor says of the catalogue."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.doctor import catalogue
from service import catalogues
from service.plugins import exports
from tests.workplace import CATALOGUE


def index(path: Path, days: int = 0) -> bytes:
    """An index that was made so many days ago."""
    sources = catalogues.sources_of([CATALOGUE], "auto", exports())
    made = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="seconds")
    catalogues.import_books(sources, path, jobs=1, made=made, watch=lambda *_: None)
    return path.read_bytes()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "books"


def test_the_installed_one_is_well() -> None:
    sign = catalogue(None)
    assert sign.state == "ok"
    assert sign.words.startswith("the installed one, ")


@pytest.mark.parametrize(
    ("days", "state", "told"),
    [(3, "ok", "2 titles, made on 20"), (1000, "note", "newer books are not in it")],
)
def test_an_index_says_how_old_it_is(path: Path, days: int, state: str, told: str) -> None:
    index(path, days)
    sign = catalogue(str(path))
    assert sign.state == state
    assert told in sign.words


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (b'"version":1', b'"version":9', "was made by another version of Bookplate"),
        (b'"keys":', b'"kees":', "is damaged"),
        (b"sections", b"", "is damaged"),
    ],
)
def test_an_index_that_cannot_serve_is_wrong(path: Path, old: bytes, new: bytes, told: str) -> None:
    path.write_bytes(index(path).replace(old, new, 1))
    sign = catalogue(str(path))
    assert sign.state == "wrong"
    assert told in sign.words
    assert "→" in sign.words


def test_damage_behind_the_head_is_found(path: Path) -> None:
    made = index(path)
    path.write_bytes(made[:-9] + b"\x00" + made[-8:])
    sign = catalogue(str(path))
    assert (sign.state, "checksum" in sign.words) == ("wrong", True)


def test_rows_are_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_bytes(CATALOGUE.read_bytes())
    assert catalogue(str(path)).state == "ok"
    monkeypatch.setattr("cli.doctor._MANY", 1)
    assert "bookplate catalogue import" in catalogue(str(path)).words


@pytest.mark.parametrize(
    ("content", "told"), [(b"[]", "line 1, is no book"), (None, "There is no")]
)
def test_rows_that_are_none_are_wrong(path: Path, content: bytes | None, told: str) -> None:
    if content is not None:
        path.write_bytes(content)
    sign = catalogue(str(path))
    assert sign.state == "wrong"
    assert told in sign.words
