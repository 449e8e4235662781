"""What the Bluesky channel makes of a post; how a real server takes it: tests/real."""

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from adapters.social.bluesky import (
    THUMB_BYTES,
    THUMB_SIZE,
    Bluesky,
    _facets,
    _record_key,
    _seconds_to_wait,
    _thumb,
)
from service.errors import RenditionRejected, SettingsError
from service.model import ShortText, TextLink
from tests.adapters.notebook import Notebook, article, context
from tests.render.posts import vectors

TID_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize("case", vectors("facets.jsonl"), ids=lambda case: str(case["text"]))
def test_facets_count_utf8_bytes(case: dict[str, Any]) -> None:
    start = case["text"].index(case["shown"])
    link = TextLink(start, start + len(case["shown"]), "https://a.example/")
    (facet,) = _facets(ShortText(case["text"], (link,)))
    assert facet["index"] == {"byteStart": case["byteStart"], "byteEnd": case["byteEnd"]}


@given(st.text())
def test_a_record_key_is_a_tid_of_a_time_long_past(key: str) -> None:
    made = _record_key(key)
    assert re.fullmatch("[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}", made)
    assert made == _record_key(key)
    number = 0
    for letter in made:
        number = number * 32 + TID_LETTERS.index(letter)
    assert number < 2**63
    assert 1_546_300_800 <= (number >> 10) / 1_000_000 < 1_617_000_000


def test_record_keys_differ() -> None:
    assert len({_record_key(f"key {number}") for number in range(5000)}) == 5000


def picture(
    size: tuple[int, int], mode: str, form: str, *, orientation: int | None = None
) -> bytes:
    written = BytesIO()
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    Image.effect_noise(size, 120).convert(mode).save(written, form, exif=exif)
    return written.getvalue()


@pytest.mark.parametrize(
    ("size", "mode", "form"),
    [
        ((3000, 2000), "RGB", "JPEG"),
        ((2500, 2500), "RGBA", "PNG"),
        ((900, 300), "P", "GIF"),
        ((40, 30), "L", "PNG"),
        ((1600, 900), "RGB", "WEBP"),
        ((800, 600), "CMYK", "JPEG"),
    ],
)
def test_any_picture_becomes_a_thumb_within_the_limit(
    size: tuple[int, int], mode: str, form: str
) -> None:
    thumb = _thumb(picture(size, mode, form))
    assert thumb is not None
    assert len(thumb) <= THUMB_BYTES
    with Image.open(BytesIO(thumb)) as seen:
        assert (seen.format, seen.mode) == ("JPEG", "RGB")
        assert seen.width <= THUMB_SIZE[0]
        assert seen.width / seen.height == pytest.approx(size[0] / size[1], rel=0.02)


def test_a_picture_taken_sideways_stands_upright() -> None:
    thumb = _thumb(picture((400, 200), "RGB", "JPEG", orientation=6))
    assert thumb is not None
    with Image.open(BytesIO(thumb)) as seen:
        assert seen.size == (200, 400)


@given(st.binary(max_size=200))
def test_what_is_no_picture_gives_no_thumb(data: bytes) -> None:
    assert _thumb(data) is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({"retry-after": "30"}, 30.0), ({"ratelimit-reset": "1"}, 1.0), ({}, None)],
)
def test_the_seconds_to_wait_are_read(headers: dict[str, str], seconds: float | None) -> None:
    assert _seconds_to_wait(httpx2.Response(429, headers=headers)) == seconds


def test_other_forms_are_refused_before_anything_is_asked(tmp_path: Path) -> None:
    bluesky = Bluesky("b", Bluesky.Options("a.example", "x"), context(tmp_path))
    with pytest.raises(RenditionRejected, match="article"):
        bluesky.publish(article(), "k", Notebook())


def test_a_service_that_is_no_address_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        Bluesky("b", Bluesky.Options("a.example", "x", "bsky.social"), context(tmp_path))


def test_the_password_is_not_shown() -> None:
    assert "s3cret" not in repr(Bluesky.Options("a.example", "s3cret"))
