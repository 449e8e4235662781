"""Decompression: every encoding that we ask for, and what is broken, cut off or a bomb."""

from __future__ import annotations

import gzip
import resource
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import brotli
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from service.ingest.compression import Broken, TooMuch, decompressed, encodings

Pack = Callable[[bytes], bytes]

PACKS: dict[str, Pack] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
}
each_encoding = pytest.mark.parametrize("encoding", PACKS)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", ()),
        ("identity", ()),
        ("GZIP", ("gzip",)),
        ("gzip, br", ("gzip", "br")),
        (" zstd ,, identity", ("zstd",)),
    ],
)
def test_encodings_are_read_from_the_header(header: str, expected: tuple[str, ...]) -> None:
    assert encodings(header) == expected


@given(st.sampled_from(sorted(PACKS)), st.binary(max_size=5_000))
def test_what_was_compressed_comes_back(encoding: str, data: bytes) -> None:
    assert decompressed(PACKS[encoding](data), [encoding], 5_000) == data


@given(st.sampled_from(sorted(PACKS)), st.binary(max_size=2_000))
def test_noise_is_told_or_bounded(encoding: str, noise: bytes) -> None:
    with suppress(Broken, TooMuch):
        assert len(decompressed(noise, [encoding], 10_000)) <= 10_000


@each_encoding
def test_several_layers_come_off_in_turn(encoding: str) -> None:
    packed = PACKS[encoding](gzip.compress(b"hello"))
    assert decompressed(packed, ["gzip", encoding], 100) == b"hello"


@each_encoding
def test_data_that_breaks_off_is_told(encoding: str) -> None:
    whole = PACKS[encoding](bytes(range(256)) * 40)
    with pytest.raises(Broken):
        decompressed(whole[: len(whole) // 2], [encoding], 100_000)


@each_encoding
def test_exactly_as_much_as_allowed_is_taken(encoding: str) -> None:
    packed = PACKS[encoding](b"x" * 1000)
    assert decompressed(packed, [encoding], 1000) == b"x" * 1000
    with pytest.raises(TooMuch):
        decompressed(packed, [encoding], 999)


@each_encoding
def test_a_bomb_ends_at_the_limit(encoding: str) -> None:
    pack = partial(brotli.compress, quality=1) if encoding == "br" else PACKS[encoding]
    bomb = pack(bytes(64 * 1024 * 1024))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(TooMuch):
        decompressed(bomb, [encoding], 1_000_000)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000


def test_a_zstd_window_of_gigabytes_is_refused() -> None:
    options: dict[int, int] = {zstd.CompressionParameter.window_log: 27}
    packed = zstd.compress(b"x" * 100_000 + bytes(10), options=options)
    wide = zstd.ZstdCompressor(options=options)
    streamed = wide.compress(b"x" * 300_000) + wide.flush()
    assert decompressed(packed, ["zstd"], 1_000_000)
    with pytest.raises(Broken):
        decompressed(streamed, ["zstd"], 1_000_000)


def test_members_and_frames_follow_one_another() -> None:
    assert decompressed(gzip.compress(b"a") + gzip.compress(b"b"), ["gzip"], 10) == b"ab"
    assert decompressed(zstd.compress(b"a") + zstd.compress(b"b"), ["zstd"], 10) == b"ab"


def test_too_many_layers_and_unknown_ones_are_refused() -> None:
    with pytest.raises(Broken, match="5 times"):
        decompressed(b"x", ["gzip"] * 5, 10)
    with pytest.raises(Broken, match="did not ask for"):
        decompressed(b"x", ["compress"], 10)
