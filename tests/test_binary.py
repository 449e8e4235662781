"""What is no text is refused in plain words, whatever it is called; what is text is not."""

from __future__ import annotations

import gzip
import random
import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.binary import refuse_binary
from service.errors import UnreadableInput

NOISE = random.Random(5).randbytes(4096)


def archive() -> bytes:
    held = BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        made.writestr("word/document.xml", "<w:document/>")
    return held.getvalue()


@pytest.mark.parametrize(
    ("data", "what", "mend"),
    [
        (b"\x89PNG\r\n\x1a\n", "a PNG picture", "Leave it out"),
        (b"\xff\xd8\xff\xe0", "a JPEG picture", "Leave it out"),
        (b"GIF89a;", "a GIF picture", "Leave it out"),
        (b"%PDF-1.7\n1 0 obj <</Type/Catalog>> endobj", "a PDF document", "Save it as HTML"),
        (b"{\\rtf1 Deep Work}", "an RTF document", "Save it as HTML"),
        (archive(), "a word processor's document", "Save it as HTML"),
        (gzip.compress(b"<p>Deep Work</p>"), "compressed with gzip", "Unpack it"),
        (NOISE, "full of control characters", "Leave it out"),
        (NOISE.replace(b"\0", b""), "full of control characters", "Leave it out"),
        (b"RIFF\x10\0\0\0WEBPVP8 " + NOISE, "full of control characters", "Leave it out"),
    ],
    ids=lambda value: value[:4].hex() if isinstance(value, bytes) else None,
)
def test_what_it_is_and_what_to_do(data: bytes, what: str, mend: str) -> None:
    with pytest.raises(UnreadableInput) as refused:
        refuse_binary(data, "post.html")
    assert refused.value.what.startswith("post.html is no text: it is ")
    assert what in refused.value.what
    assert mend in str(refused.value)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<p>A page\0 with a stray NUL, as many old ones have, and words behind it.</p>",
        "<p>Wörter, in UTF-16</p>".encode("utf-16"),
        "<p>読書</p>".encode("iso2022_jp"),
        "<p>“Smart quotes” – and dashes</p>".encode("cp1252"),
        b"RIFF RAFF, a novel by nobody. " * 9,
        b"ID3 tags, explained for readers. " * 9,
        b"PK is short for Philip K. Dick. " * 9,
        b"\x1b[1mA page with colours of a terminal\x1b[0m " * 9,
        b"Lines\x0cand\x0cpages\x0b\r\n\t" * 9,
    ],
    ids=lambda data: data[:8].hex(),
)
def test_text_is_text(data: bytes) -> None:
    refuse_binary(data, "post.html")


@given(st.text(st.characters(exclude_categories=("Cc", "Cs"))))
def test_no_text_of_people_is_refused(text: str) -> None:
    if not text.startswith(("%PDF-", "%!PS", "{\\rtf", "GIF8", "wOF", "PK", "ID3", "OggS")):
        refuse_binary(text.encode(), "post.html")
