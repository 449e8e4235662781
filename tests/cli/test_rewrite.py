"""`bookplate rewrite`: files in, the same files out but for their links, and back again."""

import io
import json
import sys
from pathlib import Path

import pytest

from cli import main as command

MINE = "https://www.amazon.com/dp/0201633612?tag=example-20"
LINK = '<p>Read <a href="https://amazon.com/dp/0201633612?tag=x-20">this</a>.</p>'
TAG = ["--tag", "com=example-20"]


def rewrite(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    """Run the command; its exit code."""
    monkeypatch.setattr(sys, "argv", ["bookplate", "rewrite", "--jobs", "1", *map(str, words)])
    try:
        command.main()
    except SystemExit as leaving:
        return int(leaving.code or 0)
    return 0


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    folder = tmp_path / "posts"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.html").write_bytes(b"\xef\xbb\xbf" + LINK.encode() + b"\r\n<p>caf\xc3\xa9 end")
    (folder / "sub" / "a.html").write_bytes(
        b"<meta charset=iso-8859-2><p>Caf\xe9 \x80\xff</p>" + LINK.encode()
    )
    (folder / "latin.html").write_bytes(b"<p>Caf\xe9</p>" + LINK.encode())
    (folder / "plain.md").write_text("[x](https://amazon.com/dp/0201633612)\n")
    (folder / "none.txt").write_bytes(b"nothing here \xe9\r\n")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_one_document_goes_to_standard_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    file = tmp_path / "post.html"
    file.write_bytes(LINK.encode() + b"\r\n\xff")
    assert rewrite(monkeypatch, file, *TAG) == 0
    assert capfdbinary.readouterr().out == (
        f'<p>Read <a href="{MINE}" rel="sponsored nofollow noopener">this</a>.</p>\r\n'.encode()
        + b"\xff"
    )


def test_standard_input_is_a_document_too(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LINK.encode())))
    assert rewrite(monkeypatch, "-", *TAG) == 0
    assert MINE.encode() in capfdbinary.readouterr().out


@pytest.mark.parametrize("channel", [None, "smtp", "bluesky"])
def test_a_folder_keeps_its_structure_and_comes_back_exactly(
    posts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, channel: str | None
) -> None:
    out, back, report = tmp_path / "out", tmp_path / "back", tmp_path / "changes.jsonl"
    words = ["--channel", channel] if channel else []
    assert rewrite(monkeypatch, posts, "-o", out, *TAG, *words, "--report", report) == 0
    assert contents(out).keys() == contents(posts).keys()
    assert contents(out) != contents(posts)
    assert rewrite(monkeypatch, "--undo", report, out, "-o", back) == 0
    assert contents(back) == contents(posts)


def test_a_disclosure_that_the_encoding_lacks_comes_back_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    posts = tmp_path / "posts"
    posts.mkdir()
    (posts / "a.html").write_bytes(
        b'<html lang=de><meta charset=koi8-r><p>\xf0\xf2 <a href="https://amazon.de/dp/0201633612">x</a>'
    )
    out, back, report = tmp_path / "out", tmp_path / "back", tmp_path / "r.jsonl"
    words = ["--tag", "de=example-21", "--channel", "smtp", "--report", report]
    assert rewrite(monkeypatch, posts, "-o", out, *words) == 0
    assert rewrite(monkeypatch, "--undo", report, out, "-o", back) == 0
    assert contents(back) == contents(posts)


def test_the_report_tells_each_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    file, report = tmp_path / "post.html", tmp_path / "r.jsonl"
    file.write_text("é" + LINK)
    assert rewrite(monkeypatch, file, *TAG, "--report", report) == 0
    output = capfdbinary.readouterr().out.decode()
    changes = [json.loads(line) for line in report.read_text().splitlines()]
    assert [each["rule"] for each in changes] == ["tag", "rel"]
    source = file.read_text()
    for each in reversed(changes):
        assert {"source", "start", "end", "before", "after", "rule", "why"} <= each.keys()
        assert each["source"] == str(file)
        assert source[each["start"] : each["end"]] == each["before"]
        source = source[: each["start"]] + each["after"] + source[each["end"] :]
    assert source == output


def test_one_document_under_another_name_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    file, report, renamed = tmp_path / "post.html", tmp_path / "r.jsonl", tmp_path / "new.html"
    file.write_text(LINK)
    rewrite(monkeypatch, file, *TAG, "--report", report)
    renamed.write_bytes(capfdbinary.readouterr().out)
    assert rewrite(monkeypatch, "--undo", report, renamed) == 0
    assert capfdbinary.readouterr().out == LINK.encode()


def test_a_file_that_was_edited_since_is_not_brought_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    file, report = tmp_path / "post.html", tmp_path / "r.jsonl"
    file.write_text(LINK)
    rewrite(monkeypatch, file, *TAG, "--report", report)
    assert rewrite(monkeypatch, "--undo", report, file) == 1
    assert "not the one this report is about" in capfd.readouterr().err


def test_without_a_tracking_id_nothing_changes_and_it_is_said_once(
    posts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert rewrite(monkeypatch, posts, "-o", out) == 0
    assert contents(out) == contents(posts)
    assert capfd.readouterr().err.count("No tracking id for amazon.com") == 1


def test_the_disclosure_comes_with_a_channel_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "post.html"
    file.write_text(LINK)
    rewrite(monkeypatch, file, *TAG)
    assert "Associate" not in capfd.readouterr().out
    rewrite(monkeypatch, file, *TAG, "--channel", "smtp")
    assert capfd.readouterr().out.startswith("<p><em>As an Amazon Associate")


def test_several_processes_give_the_same(
    posts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    first, second = tmp_path / "1.jsonl", tmp_path / "2.jsonl"
    rewrite(monkeypatch, posts, "-o", one, *TAG, "--report", first)
    rewrite(monkeypatch, posts, "-o", two, *TAG, "--report", second, "--jobs", "2")
    assert contents(one) == contents(two)
    assert first.read_text() == second.read_text()


def test_a_bad_file_is_named_and_the_rest_is_done(
    posts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (posts / "bad.html").write_bytes(b"\0\0\0")
    (posts / "a.html").write_text(LINK)
    out = tmp_path / "out"
    assert rewrite(monkeypatch, posts, "-o", out, *TAG) == 3
    assert "bad.html" in capfd.readouterr().err
    assert len(contents(out)) == 5


def test_wrong_usage_leaves_with_2(
    posts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    one = posts / "latin.html"
    assert rewrite(monkeypatch, posts) == 2
    assert rewrite(monkeypatch, one, posts / "plain.md") == 2
    assert rewrite(monkeypatch, posts, "-o", posts) == 2
    assert rewrite(monkeypatch, posts / "a.html", posts / "sub" / "a.html", "-o", tmp_path) == 2
    assert rewrite(monkeypatch, one, "--channel", "pigeon") == 2
    assert rewrite(monkeypatch, one, "--tag", "xx=1") == 2
    assert rewrite(monkeypatch, one, "--undo", tmp_path / "none.jsonl") == 2
    assert rewrite(monkeypatch, tmp_path / "none.html") == 2
    assert contents(posts)["latin.html"] == b"<p>Caf\xe9</p>" + LINK.encode()


@pytest.mark.parametrize(("others", "tag"), [("replace", "example-20"), ("keep", "x-20")])
def test_other_peoples_tags_are_replaced_or_kept(
    posts: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
    others: str,
    tag: str,
) -> None:
    (posts / "mine.html").write_text('<a href="https://amazon.com/dp/0201633612?tag=x-20">this</a>')
    assert rewrite(monkeypatch, posts / "mine.html", "--others", others, *TAG) == 0
    assert f"tag={tag}" in capfdbinary.readouterr().out.decode()


@pytest.mark.parametrize(
    "head", ["", "<meta charset=utf-8>", "<meta charset=iso-8859-2>", "\ufeff"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
@pytest.mark.parametrize(
    "link", [LINK, LINK.replace("tag=", "b=é&tag="), LINK.replace("amazon", "&#97;mazon")]
)
def test_links_tagged_on_bytes_are_those_tagged_on_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, head: str, encoding: str, link: str
) -> None:
    page = f"{head}<!-- {LINK} --><p>Caf\xe9 \x93na\xefve\x94 {link} \xe0 {LINK}"
    (tmp_path / "post.html").write_bytes(page.encode(encoding, "replace"))
    told = []
    for way in ("bytes", "text"):
        if way == "text":
            monkeypatch.setattr("cli.rewriting._tagged", lambda *_: None)
        report = tmp_path / "report.jsonl"
        words = (tmp_path / "post.html", "-o", tmp_path / way, "--report", report)
        assert rewrite(monkeypatch, *words, "--mentions", "off", *TAG) == 0
        told.append((contents(tmp_path / way), report.read_text()))
    assert told[0] == told[1]
    assert MINE.encode("utf-16-le" if encoding == "utf-16" else "ascii") in told[0][0]["post.html"]
