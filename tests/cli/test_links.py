"""`bookplate links`: one answer a line, in order, whatever comes in."""

import io
import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from cli import main as command
from cli.urls import answer, quick, read_urls, tracking_ids
from service.errors import UsageError

KEYS = "url kind marketplace asin isbn13 isbn10 canonical tag affiliate_url".split()


def links(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, stdin: bytes, *words: str
) -> list[dict[str, Any]]:
    """The answers that the command writes for this standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
    monkeypatch.setattr(sys, "argv", ["bookplate", "links", *words])
    with suppress(SystemExit):
        command.main()
    return [json.loads(line) for line in capfd.readouterr().out.splitlines()]


def test_every_line_is_answered_in_order_with_the_promised_keys(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stdin = b"https://amazon.com/dp/0201633612?tag=x-20\r\n\nhttps://example.com/\nhttps://a.co/d/x"
    found = links(capfd, monkeypatch, stdin, "--tag", "com=example-20")
    assert [list(each) for each in found] == [KEYS] * 4
    assert found[0] == {
        "url": "https://amazon.com/dp/0201633612?tag=x-20",
        "kind": "product",
        "marketplace": "amazon.com",
        "asin": "0201633612",
        "isbn13": "9780201633610",
        "isbn10": "0201633612",
        "canonical": "https://www.amazon.com/dp/0201633612",
        "tag": "x-20",
        "affiliate_url": "https://www.amazon.com/dp/0201633612?tag=example-20",
    }
    assert [each["kind"] for each in found] == ["product", "not_amazon", "not_amazon", "short"]


def test_broken_lines_never_stop_it(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stdin = b'\xef\xbb\xbf\xff\xfe\n\x00\n"\\\n' + b"x" * 200_000 + b"\nhttps://amzn.to/a"
    found = links(capfd, monkeypatch, stdin)
    assert [each["kind"] for each in found] == ["not_amazon"] * 4 + ["short"]
    assert found[2]["url"] == '"\\'


def test_a_file_is_read_in_small_pieces(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "urls.txt"
    file.write_text("https://www.amazon.de/dp/0201633612\n" * 20_000)
    read_urls(str(file), {"amazon.de": "example-21"})
    lines = capfd.readouterr().out.splitlines()
    assert len(lines) == 20_000
    assert len(set(lines)) == 1


@pytest.mark.parametrize(
    ("tags", "ids"),
    [
        (["com=a-20", "co.uk=b-21"], {"amazon.com": "a-20", "amazon.co.uk": "b-21"}),
        (["amazon.de=c-21", " DE = c-21 "], {"amazon.de": "c-21"}),
    ],
)
def test_tracking_ids_go_by_market(tags: list[str], ids: dict[str, str]) -> None:
    assert tracking_ids(tags) == ids


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        (["example-20"], "names no marketplace"),
        (["xx=a-20"], 'names no marketplace: "xx"'),
        (["com="], "holds no tracking id"),
        (["com=a b"], "can't be a tracking id"),
        (["com=a-20&x=y"], "can't be a tracking id"),
        (["com=a-20", "amazon.com=b-20"], "two tracking ids"),
    ],
)
def test_a_bad_tag_is_wrong_usage_and_says_why(tags: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message) as error:
        tracking_ids(tags)
    assert error.value.mend


def test_wrong_usage_leaves_with_2(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for words in (["--tag", "xx=1"], ["no-such-file"], ["--no-such-option"]):
        monkeypatch.setattr(sys, "argv", ["bookplate", "links", *words])
        with pytest.raises(SystemExit) as leaving:
            command.main()
        assert leaving.value.code == 2
    assert "amazon.co.uk" in capfd.readouterr().err


@pytest.mark.parametrize("words", [["--help"], ["a", "b"], ["--tag"], ["--other"]])
def test_what_is_not_plain_is_left_to_typer(words: list[str]) -> None:
    assert quick(words) is False


def test_the_quick_way_answers_the_same(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "urls.txt"
    file.write_text("https://amazon.com/dp/0201633612\n")
    assert quick([str(file), "--tag=com=example-20"])
    assert capfd.readouterr().out == answer(
        "https://amazon.com/dp/0201633612", {"amazon.com": "example-20"}
    )
