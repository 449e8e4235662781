"""The Bluesky channel against a real personal data server."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from PIL import Image

from adapters.social.bluesky import COLLECTION, THUMB_BYTES, Bluesky
from service.errors import ChannelUnreachable, RateLimited, RenditionRejected, TokenRejected
from service.model import Card, ShortText, TextLink
from service.model import Image as Picture
from tests.adapters.notebook import Notebook, context, short
from tests.real.servers.pds import PdsServer, pds

pytestmark = pytest.mark.real

URL = "https://blog.example/three-winters/"
TEXT = f"Über 📚👩‍👩‍👧 Bücher\n\n{URL}\n\n#Bücher"


def body(card: Card | None = None) -> ShortText:
    link, tag = TEXT.index(URL), TEXT.index("#Bücher")
    links = (TextLink(link, link + len(URL), URL), TextLink(tag, tag + 7, "Bücher", "tag"))
    return ShortText(TEXT, links, card, "de")


def channel(server: PdsServer, folder: Path, **options: str) -> Bluesky:
    given = {"handle": server.handle, "app_password": server.password, "service": server.url}
    return Bluesky("bluesky", Bluesky.Options(**(given | options)), context(folder))


@contextmanager
def picture(data: bytes, status: int = 200) -> Iterator[str]:
    """A blog's server that gives one picture, and its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/cover.png"
    finally:
        server.shutdown()
        server.server_close()


def noise(size: tuple[int, int], mode: str = "RGB") -> bytes:
    """A picture that no format can make small."""
    written = BytesIO()
    Image.effect_noise(size, 90).convert(mode).save(written, "PNG")
    return written.getvalue()


def test_links_and_tags_stand_at_their_bytes(pds_account: PdsServer, tmp_path: Path) -> None:
    published = channel(pds_account, tmp_path).publish(short(body()), "key-1", Notebook())
    (record,) = pds_account.records(COLLECTION)
    assert record["uri"] == published.remote_id
    value = record["value"]
    assert (value["text"], value["langs"]) == (TEXT, ["de"])
    shown = [
        (TEXT.encode()[f["index"]["byteStart"] : f["index"]["byteEnd"]].decode(), f["features"][0])
        for f in value["facets"]
    ]
    assert shown == [
        (URL, {"$type": "app.bsky.richtext.facet#link", "uri": URL}),
        ("#Bücher", {"$type": "app.bsky.richtext.facet#tag", "tag": "Bücher"}),
    ]


def test_the_card_carries_the_picture_within_the_limit(
    pds_account: PdsServer, tmp_path: Path
) -> None:
    with picture(noise((2400, 1600), "RGBA")) as address:
        card = Card(URL, "Three winters", "With one book", Picture(address))
        channel(pds_account, tmp_path).publish(short(body(card)), "k", Notebook())
    (record,) = pds_account.records(COLLECTION)
    external = record["value"]["embed"]["external"]
    assert (external["uri"], external["title"]) == (URL, "Three winters")
    thumb = external["thumb"]
    assert thumb["mimeType"] == "image/jpeg"
    assert thumb["size"] <= THUMB_BYTES
    with Image.open(BytesIO(pds_account.blob(thumb["ref"]["$link"]))) as seen:
        assert seen.size == (1200, 800)


@pytest.mark.parametrize(
    ("data", "status"), [(b"no picture", 200), (b"", 404), (noise((20, 20))[:200], 200)]
)
def test_a_card_goes_without_a_picture_that_cannot_be_had(
    pds_account: PdsServer, tmp_path: Path, data: bytes, status: int
) -> None:
    with picture(data, status) as address:
        card = Card(URL, "Three winters", "With one book", Picture(address))
        channel(pds_account, tmp_path).publish(short(body(card)), "k", Notebook())
    (record,) = pds_account.records(COLLECTION)
    assert "thumb" not in record["value"]["embed"]["external"]


def test_a_retry_finds_the_record_and_leaves_it(pds_account: PdsServer, tmp_path: Path) -> None:
    first = channel(pds_account, tmp_path).publish(short(body()), "k", Notebook())
    (before,) = pds_account.records(COLLECTION)
    assert channel(pds_account, tmp_path).publish(short(body()), "k", Notebook()) == first
    assert pds_account.records(COLLECTION) == [before]


def test_record_keys_are_tids_and_differ_by_key(pds_account: PdsServer, tmp_path: Path) -> None:
    bluesky = channel(pds_account, tmp_path)
    ids = {bluesky.publish(short(body()), f"k{n}", Notebook()).remote_id for n in range(5)}
    assert len(ids) == len(pds_account.records(COLLECTION)) == 5
    for each in ids:
        assert re.fullmatch("[2-7a-j][2-7a-z]{12}", each.rpartition("/")[2])


def test_withdrawn_is_gone_and_twice_is_fine(pds_account: PdsServer, tmp_path: Path) -> None:
    bluesky = channel(pds_account, tmp_path)
    published = bluesky.publish(short(body()), "k", Notebook())
    for _ in range(2):
        bluesky.withdraw(published, "k2", Notebook())
    assert pds_account.records(COLLECTION) == []


def test_verify_names_the_account_and_posts_nothing(pds_account: PdsServer, tmp_path: Path) -> None:
    said = channel(pds_account, tmp_path, handle=f"@{pds_account.handle}").verify()
    assert said == f"posts as @{pds_account.handle} through {pds_account.url}"
    assert pds_account.records(COLLECTION) == []


def test_an_app_password_is_enough(pds_account: PdsServer, tmp_path: Path) -> None:
    made = pds_account.call(
        "com.atproto.server.createAppPassword", {"name": "bookplate"}, pds_account.session()
    )
    channel(pds_account, tmp_path, app_password=made["password"]).publish(
        short(body()), "k", Notebook()
    )
    assert len(pds_account.records(COLLECTION)) == 1


def test_a_wrong_password_is_told_so(pds_account: PdsServer, tmp_path: Path) -> None:
    with pytest.raises(TokenRejected, match="401"):
        channel(pds_account, tmp_path, app_password="wrong").publish(short(body()), "k", Notebook())


def test_a_session_that_is_no_longer_good_is_renewed(
    pds_account: PdsServer, tmp_path: Path
) -> None:
    bluesky = channel(pds_account, tmp_path)
    bluesky.verify()
    assert bluesky._xrpc._session is not None
    bluesky._xrpc._session["accessJwt"] = "x.y.z"
    bluesky.publish(short(body()), "k", Notebook())
    assert len(pds_account.records(COLLECTION)) == 1


def test_a_text_too_long_is_rejected_by_the_server(pds_account: PdsServer, tmp_path: Path) -> None:
    with pytest.raises(RenditionRejected, match="400"):
        channel(pds_account, tmp_path).publish(short(ShortText("x" * 301)), "k", Notebook())
    assert pds_account.records(COLLECTION) == []


def test_an_unreachable_server_is_told_and_a_later_try_succeeds(
    fresh_pds: PdsServer, tmp_path: Path
) -> None:
    bluesky = channel(fresh_pds, tmp_path)
    bluesky.verify()
    fresh_pds.kill()
    with pytest.raises(ChannelUnreachable):
        bluesky.publish(short(body()), "k", Notebook())
    fresh_pds.start()
    bluesky.publish(short(body()), "k", Notebook())
    assert len(fresh_pds.records(COLLECTION)) == 1


def test_too_many_logins_say_when_to_come_back(tmp_path: Path) -> None:
    with pds(rate_limits=True) as server:
        for _ in range(30):
            channel(server, tmp_path).verify()
        with pytest.raises(RateLimited) as raised:
            channel(server, tmp_path).verify()
    assert raised.value.retry_after is not None
    assert 0 < raised.value.retry_after <= 3600


def test_something_else_at_the_address_is_named(tmp_path: Path) -> None:
    with picture(b"<html>") as address:
        service = address.removesuffix("/cover.png")
        options = Bluesky.Options("a.example", "x", service)
        with pytest.raises(ChannelUnreachable, match=re.escape(service)):
            Bluesky("bluesky", options, context(tmp_path)).verify()
