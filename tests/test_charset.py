"""Bytes become characters and the very same bytes again, whatever they claim to be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.charset import decode

LABELS = (
    "utf-8 utf-8-sig utf-16 ascii iso-8859-1 windows-1252 koi8-r shift_jis euc-kr gb2312 big5 hz "
    "iso-2022-jp utf-7 rot13 base64 idna punycode undefined unicode_escape raw_unicode_escape no"
).split()


@given(st.binary(max_size=60), st.sampled_from([None, *LABELS]), st.sampled_from(LABELS))
def test_the_same_bytes_come_back(data: bytes, declared: str | None, label: str) -> None:
    for each in (data, f"<meta charset={label}>".encode() + data):
        decoded = decode(each, declared)
        assert decoded.encode(decoded.text) == each


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"caf\xc3\xa9", "café"),
        (b"caf\xe9", "café"),
        (b"\xef\xbb\xbfx", "x"),
        (b"\xff\xfex\x00", "x"),
        (b"<meta charset=koi8-r>\xc1", "<meta charset=koi8-r>а"),
        (b"<meta charset=rot13>x", "<meta charset=rot13>x"),
    ],
)
def test_it_reads_what_was_meant(data: bytes, text: str) -> None:
    assert decode(data).text == text
