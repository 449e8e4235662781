"""TLS names and verifies the host of the URL, though the connection goes to a checked address."""

from __future__ import annotations

import datetime
import socket
import ssl
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived

from service.errors import AddressRefused, Unreachable
from service.ingest import transport
from service.ingest.fetch import Fetcher

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for blog.lan, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "blog.lan")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("blog.lan")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "blog.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def names(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, list[str]]]:
    """The port of a TLS server that every name resolves to, and the names it was asked for."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: object) -> None:
            pass

    asked: list[str] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _socket, name, _context: asked.append(name or "")
    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(transport, "_trust", lambda: trusting)
    monkeypatch.setattr(transport, "resolve", lambda host, port: ["127.0.0.1"])
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server.server_port, asked
    server.shutdown()
    server.server_close()


def test_the_urls_host_is_named_and_verified(names: tuple[int, list[str]]) -> None:
    port, asked = names
    with Fetcher(allow_private=["blog.lan"], version="1") as fetcher:
        assert fetcher.get(f"https://blog.lan:{port}/").body == b"ok"
    assert asked == ["blog.lan"]


def test_a_certificate_for_another_host_is_refused(names: tuple[int, list[str]]) -> None:
    port, asked = names
    with (
        Fetcher(allow_private=["other.lan"], version="1") as fetcher,
        pytest.raises(Unreachable, match="certificate"),
    ):
        fetcher.get(f"https://other.lan:{port}/")
    assert asked == ["other.lan"]


# ── HTTP/2 ───────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def modern(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, list[str]]]:
    """The port of a server that speaks HTTP/2 alone, and the authorities it was asked for."""
    asked: list[str] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.set_alpn_protocols(["h2"])
    listening = socket.create_server(("127.0.0.1", 0))
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(transport, "_trust", lambda: trusting)
    monkeypatch.setattr(transport, "resolve", lambda host, port: ["127.0.0.1"])
    threading.Thread(target=_speak_h2, args=(listening, context, asked), daemon=True).start()
    yield listening.getsockname()[1], asked
    listening.close()


def _speak_h2(listening: socket.socket, context: ssl.SSLContext, asked: list[str]) -> None:
    with suppress(OSError):
        plain, _ = listening.accept()
        with context.wrap_socket(plain, server_side=True) as secure:
            speech = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
            speech.initiate_connection()
            secure.sendall(speech.data_to_send())
            while data := secure.recv(65_536):
                for event in speech.receive_data(data):
                    if isinstance(event, RequestReceived):
                        headers = {str(name): str(value) for name, value in event.headers}
                        asked.append(f"{headers[':authority']} {headers[':path']}")
                        told = [(":status", "200"), ("etag", '"2"')]
                        speech.send_headers(event.stream_id, told)
                        speech.send_data(event.stream_id, b"two", end_stream=True)
                secure.sendall(speech.data_to_send())


def test_http_2_goes_through_the_same_guard(modern: tuple[int, list[str]]) -> None:
    port, asked = modern
    with Fetcher(allow_private=["blog.lan"], version="1") as fetcher:
        for path in ("/a", "/b"):
            got = fetcher.get(f"https://blog.lan:{port}{path}")
            assert (got.body, got.etag, got.status) == (b"two", '"2"', 200)
    assert asked == [f"blog.lan:{port} /a", f"blog.lan:{port} /b"]
    with Fetcher(version="1") as fetcher, pytest.raises(AddressRefused):
        fetcher.get(f"https://blog.lan:{port}/")
