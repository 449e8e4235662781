"""An index from Open Library's dumps, as they are: with odd records, in one file or several."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from service.errors import CatalogueError
from service.model import Edition
from service.resolve.index import build as building
from service.resolve.index import finish, workshop
from service.resolve.index.build import Report, build
from service.resolve.index.reader import Index, open_index
from tests.resolve.index.making import MADE, unwatched, write_dump

AUTHORS = [
    ("author", "/authors/OL1A", {"name": "Hanna  Keller"}),
    ("author", "/authors/OL2A", {"name": "Tom Berger"}),
    ("author", "/authors/OL3A", {"personal_name": "no name"}),
    ("redirect", "/authors/OL9A", {"location": "/authors/OL1A"}),
    ("delete", "/authors/OL8A", {}),
]
WORKS = [
    (
        "work",
        "/works/OL1W",
        {"title": "The Long Field", "authors": [{"author": {"key": "/authors/OL1A"}}]},
    ),
    ("work", "/works/OL2W", {"title": "Salt", "subtitle": "A Life", "authors": ["/authors/OL2A"]}),
    ("work", "/works/OL3W", {"title": "Echo", "authors": [{"author": "/authors/OL9A"}, None]}),
    ("work", "/works/OL4W", {"title": None}),
    ("work", "/works/OL5W", {}),
]
EDITIONS: list[tuple[str, str, Any]] = [
    (
        "edition",
        "/books/OL1M",
        {
            "title": "The Long Field",
            "works": [{"key": "/works/OL1W"}],
            "isbn_13": ["978-0-7475-3269-9"],
            "isbn_10": ["0747532699"],
            "languages": [{"key": "/languages/eng"}],
            "publish_date": "June 26, 1997",
            "physical_format": "Hardcover",
        },
    ),
    (
        "edition",
        "/books/OL2M",
        {
            "title": "Das lange Feld",
            "works": [{"key": "/works/OL1W"}],
            "isbn_10": ["3-551-55167-7 (geb.)"],
            "languages": [{"key": "/languages/ger"}],
            "publish_date": "c1998.",
        },
    ),
    (
        "edition",
        "/books/OL3M",
        {
            "title": "The Long Field",
            "works": [{"key": "/works/OL1W"}],
            "isbn_13": ["9780141439587", "rubbish", None, 7],
            "physical_format": "E-book",
            "languages": [{"key": "/languages/eng"}],
            "publish_date": "2019",
        },
    ),
    ("edition", "/books/OL4M", {"works": [{"key": "/works/OL2W"}], "isbn_13": ["9780140449136"]}),
    (
        "edition",
        "/books/OL5M",
        {
            "title": "Alone",
            "authors": [{"key": "/authors/OL2A"}],
            "isbn_13": "9780262033848",
        },
    ),
    (
        "edition",
        "/books/OL6M",
        {
            "title_prefix": "The ",
            "title": "Last Tram /",
            "subtitle": None,
            "isbn_10": None,
            "languages": None,
            "works": None,
            "identifiers": {"amazon": ["b00abcdefg"]},
            "physical_format": "Kindle Edition",
        },
    ),
]


def made(folder: Path, jobs: int = 1, **dumps: list[tuple[str, str, Any]]) -> tuple[Index, Report]:
    dumps = dumps or {"authors": AUTHORS, "works": WORKS, "editions": EDITIONS}
    paths = [write_dump(folder / f"{name}.txt.gz", rows) for name, rows in dumps.items()]
    output = folder / "books.index"
    report = build(paths, (), output, jobs=jobs, made=MADE, watch=unwatched)
    return open_index(output), report


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_work_has_its_editions_with_language_form_and_year(tmp_path: Path, jobs: int) -> None:
    index, report = made(tmp_path, jobs)
    (book,) = index.by_title("The Long Field")
    assert (book.authors, book.work, book.source) == (("Hanna Keller",), "OL1W", "openlibrary")
    assert book.edition == Edition("9780747532699", "0747532699", None, "en", "print", 1997)
    assert book.editions[1] == Edition("9780141439587", "0141439580", None, "en", "ebook", 2019)
    assert report.broken == 0
    index.verify()


def test_a_work_is_found_by_all_its_titles(tmp_path: Path) -> None:
    index, _ = made(tmp_path)
    (german,) = index.by_title("Das lange Feld")
    assert german.work == "OL1W"
    assert german.authors == ("Hanna Keller",)
    assert german.edition == Edition("9783551551672", "3551551677", None, "de", None, 1998)


def test_odd_records_lose_nothing_but_what_is_odd(tmp_path: Path) -> None:
    index, _ = made(tmp_path)
    (salt,) = index.by_title("Salt: A Life")
    assert salt.edition == Edition("9780140449136", "0140449132")
    (echo,) = index.by_title("Echo")
    assert echo.authors == ("Hanna Keller",)
    (alone,) = index.by_title("alone")
    assert (alone.authors, alone.work) == (("Tom Berger",), None)
    (tram,) = index.by_title("The Last Tram")
    assert tram.edition == Edition(None, None, "B00ABCDEFG", None, "ebook")
    assert index.head.books == 6


def test_all_in_one_dump_is_the_same_as_apart(tmp_path: Path) -> None:
    apart, _ = made(tmp_path)
    (tmp_path / "one").mkdir()
    together, _ = made(tmp_path / "one", all=[*EDITIONS, *WORKS, *AUTHORS])
    assert together.by_title("The Long Field") == apart.by_title("The Long Field")
    assert together.head.numbers == apart.head.numbers


def test_of_several_revisions_the_newest_counts(tmp_path: Path) -> None:
    old = write_dump(tmp_path / "old.txt", [("work", "/works/OL1W", {"title": "Old"})], revision=2)
    new = write_dump(tmp_path / "new.txt", [("work", "/works/OL1W", {"title": "New"})], revision=11)
    build([new, old], (), tmp_path / "books.index", jobs=1, made=MADE, watch=unwatched)
    index = open_index(tmp_path / "books.index")
    assert index.by_title("New")
    assert not index.by_title("Old")


def test_lines_that_are_no_records_are_named_and_counted(tmp_path: Path) -> None:
    rows = [*EDITIONS, ("edition", "/books/OL7M", b'{"title": '), ("edition", "/books/XX", {})]
    _, report = made(tmp_path, editions=rows)
    assert report.broken == 2
    assert report.bad[0].startswith("editions.txt.gz, line 7: it can't be read")
    assert report.head.rows == 6


def test_a_work_that_many_read_is_popular(tmp_path: Path) -> None:
    readers = tmp_path / "ol_dump_reading-log.txt"
    readers.write_bytes(b"/works/OL2W\t/books/OL4M\tWant to Read\t2024-01-01\n" * 7 + b"\\N\t\n\n")
    dump = write_dump(tmp_path / "all.txt.gz", [*EDITIONS, *WORKS, *AUTHORS])
    build([dump], [readers], tmp_path / "x.index", jobs=1, made=MADE, watch=unwatched)
    index = open_index(tmp_path / "x.index")
    (salt,), (echo,) = index.by_title("Salt"), index.by_title("Echo")
    assert salt.popularity > echo.popularity == 0


def test_a_dump_that_is_cut_off_is_named_and_the_old_index_stays(tmp_path: Path) -> None:
    made(tmp_path)
    before = (tmp_path / "books.index").read_bytes()
    cut = tmp_path / "cut.txt.gz"
    cut.write_bytes((tmp_path / "editions.txt.gz").read_bytes()[:-40])
    with pytest.raises(CatalogueError, match="cut off") as caught:
        build([cut], (), tmp_path / "books.index", jobs=1, made=MADE, watch=unwatched)
    assert "Fetch it again" in caught.value.mend
    assert (tmp_path / "books.index").read_bytes() == before


def test_a_full_disk_is_named_and_the_old_index_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(tmp_path)
    before = (tmp_path / "books.index").read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(finish, "deal", full)
    with pytest.raises(CatalogueError, match="full") as caught:
        made(tmp_path, works=WORKS)
    assert "goes on where it stopped" in caught.value.mend
    assert (tmp_path / "books.index").read_bytes() == before


def test_finished_stages_are_not_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(building, "finish", _stopped)
        with pytest.raises(KeyboardInterrupt):
            made(tmp_path)
    monkeypatch.setattr(building, "chunks", _stopped)
    paths = [tmp_path / f"{name}.txt.gz" for name in ("authors", "works", "editions")]
    build(paths, (), tmp_path / "books.index", jobs=1, made=MADE, watch=unwatched)
    assert open_index(tmp_path / "books.index").by_title("Echo")
    assert not list(tmp_path.glob(".*.parts"))


def _stopped(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


_KILLED = """
import os, signal, sys
from pathlib import Path
from service.resolve.index.build import build
def watch(stage, done, total):
    print(stage, flush=True)
    if stage == sys.argv[1]:
        os.kill(os.getpid(), signal.SIGKILL)
folder = Path(sys.argv[2])
paths = [folder / f"{name}.txt.gz" for name in ("authors", "works", "editions")]
build(paths, (), folder / "books.index", jobs=2, made="2026-11-25T00:00:00Z", watch=watch)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no kill -9 here")
@pytest.mark.parametrize(
    "stage",
    ["Reading works.txt.gz", "Joining works and editions", "Sorting titles", "Writing the index"],
)
def test_killed_in_any_stage_it_goes_on_and_makes_the_same_index(
    tmp_path: Path, stage: str
) -> None:
    (tmp_path / "whole").mkdir()
    made(tmp_path / "whole")
    for name, rows in (("authors", AUTHORS), ("works", WORKS), ("editions", EDITIONS)):
        write_dump(tmp_path / f"{name}.txt.gz", rows)
    first = _run(stage, tmp_path)
    assert first.returncode == -signal.SIGKILL
    assert not (tmp_path / "books.index").exists()
    second = _run("", tmp_path)
    assert second.returncode == 0, second.stderr
    assert "Reading authors.txt.gz" not in second.stdout
    whole, resumed = (
        open_index(tmp_path / "whole" / "books.index"),
        open_index(tmp_path / "books.index"),
    )
    assert resumed.head.sections == whole.head.sections


def _run(stage: str, folder: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-c", _KILLED, stage, str(folder)]
    return subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)


def test_two_at_once_don_t_mix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workshop, "PATIENCE", 0)
    with (
        FileLock(tmp_path / ".books.index.lock"),
        pytest.raises(CatalogueError, match="just now"),
    ):
        made(tmp_path)


_ORPHANS = """
import os, signal
from service.resolve.index.crew import Crew
with Crew(2) as crew:
    list(crew.each(abs, [1, 2]))
    print(*crew._pool._processes, flush=True)
    input()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="only Linux can watch them")
def test_workers_end_with_the_command_that_began_them() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _ORPHANS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as command:
        assert command.stdin
        assert command.stdout
        workers = [os.pidfd_open(int(each)) for each in command.stdout.readline().split()]
        assert workers
        command.stdin.write("\n")
        command.stdin.flush()
        for worker in workers:
            assert select.select([worker], [], [], 20)[0]
            os.close(worker)
