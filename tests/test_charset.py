"""From bytes to characters and back, without losing one."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.charset import decode

WORDS = "Grüße, naïve café"


@pytest.mark.parametrize(
    ("data", "declared", "text", "encoding"),
    [
        (WORDS.encode(), None, WORDS, "utf-8"),
        (b"\xef\xbb\xbf" + WORDS.encode(), "iso-8859-1", WORDS, "utf-8"),
        (b"\xff\xfe" + WORDS.encode("utf-16-le"), None, WORDS, "utf-16-le"),
        (b"\xfe\xff" + WORDS.encode("utf-16-be"), None, WORDS, "utf-16-be"),
        (WORDS.encode("cp1252"), None, WORDS, "cp1252"),
        (WORDS.encode("latin-1"), "iso-8859-1", WORDS, "cp1252"),
        (b"\x93quoted\x94", "latin1", "“quoted”", "cp1252"),
        (b"caf\xe9", "us-ascii", "café", "cp1252"),
        (b"\xc7a va \xfe", "iso-8859-9", "Ça va ş", "cp1254"),
        ("道".encode("gbk"), "gb2312", "道", "gb18030"),
        (WORDS.encode(), "no-such-charset", WORDS, "utf-8"),
        (WORDS.encode(), "utf-16", WORDS, "utf-8"),
        (b"abc", "utf-7", "abc", "utf-8"),
        (b"abc", "punycode", "abc", "utf-8"),
        (rb"\u9053", "unicode_escape", r"\u9053", "utf-8"),
        (rb"\u9053", "raw_unicode_escape", r"\u9053", "utf-8"),
        (WORDS.encode(), "  UTF-8 ", WORDS, "utf-8"),
        (b"", None, "", "utf-8"),
    ],
)
def test_what_bytes_mean(data: bytes, declared: str | None, text: str, encoding: str) -> None:
    decoded = decode(data, declared)

    assert decoded.text == text
    assert decoded.encoding == encoding
    assert decoded.encode(decoded.text) == data


@pytest.mark.parametrize(
    "head",
    [
        '<meta charset="windows-1251">',
        "<meta charset=windows-1251>",
        "<META CHARSET='Windows-1251'/>",
        '<meta http-equiv="content-type" content="text/html; charset=windows-1251">',
        '<?xml version="1.0" encoding="windows-1251"?>',
        "  <?xml version='1.0' encoding='windows-1251'?>",
    ],
)
def test_a_document_says_its_own_encoding(head: str) -> None:
    data = f"{head}<p>Книга".encode("cp1251")

    decoded = decode(data)

    assert decoded.text.endswith("Книга")
    assert decoded.encode(decoded.text) == data


def test_the_transport_wins_over_the_document() -> None:
    data = '<meta charset="windows-1251">Grüße'.encode()

    assert decode(data, "utf-8").text.endswith("Grüße")


def test_a_declaration_after_the_first_kilobyte_is_none() -> None:
    data = b" " * 1025 + '<meta charset="windows-1251">Grüße'.encode()

    assert decode(data).text.endswith("Grüße")


def test_what_the_encoding_cannot_spell_becomes_a_reference() -> None:
    decoded = decode(b"caf\xe9", "iso-8859-1")

    assert decoded.encode("café – 道 – caf") == b"caf\xe9 \x96 &#36947; \x96 caf"


def test_bytes_that_do_not_fit_come_back_beside_what_was_changed() -> None:
    data = b"<p>ok \xff\xfe \x80 caf\xc3\xa9"
    decoded = decode(data, "utf-8")

    changed = decoded.text.replace("ok", "very ok")

    assert decoded.encode(changed) == data.replace(b"ok", b"very ok")


LABELS = st.sampled_from(
    [None, "utf-8", "latin-1", "cp1252", "shift_jis", "gb2312", "big5", "euc-kr", "utf-16", "utf-7",
     "cp437", "idna", "rot13", "hex", "base64", "zlib", "unicode_escape", "mbcs", "undefined",
     "raw_unicode_escape", "iso2022_jp", "hz", "utf-8-sig", "utf-32", "cp037", "\x00", "x" * 99]
)  # fmt: skip


@given(st.binary(), LABELS)
@example(b"\xef\xbb\xbf\xff", None)
@example(b"\xff\xfe\x00", None)
@example(b"\xff\xfe\x00\xd8", None)
@example(b'<meta charset="undefined">\xff', None)
@example(b'<meta charset="hex">6162', None)
def test_every_byte_comes_back(data: bytes, label: str | None) -> None:
    decoded = decode(data, label)

    assert decoded.encode(decoded.text) == data


@given(st.text(), LABELS)
def test_every_text_can_be_spelled(text: str, label: str | None) -> None:
    decoded = decode(b"", label)

    assert isinstance(decoded.encode(text), bytes)
