"""The guard at the socket: a connection is made to the very address that was checked.

A name is resolved once, every address it has is checked, and one of those addresses is
connected to, for each connection anew. So neither a spelling of an address, nor a redirect,
nor a name that changes between check and use (DNS rebinding) reaches a special address.
TLS still names and verifies the host of the URL.
"""

from __future__ import annotations

import queue
import socket
import ssl
import threading
from collections.abc import Iterable
from contextlib import contextmanager
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import httpcore2
import httpx2

from service.errors import AddressRefused
from service.ingest.addresses import AllowedHosts, special
from service.ingest.time_limit import within_limit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: seconds for each phase of a request
TIMEOUT = httpx2.Timeout(connect=10.0, read=20.0, write=20.0, pool=30.0)
CONNECTIONS = 64


def resolve(host: str, port: int) -> list[str]:
    """The numeric addresses of a host in the resolver's order. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def _resolved_in_time(host: str, port: int, seconds: float | None) -> list[str]:
    """What `resolve` gives: a resolver that hangs is left to itself. Raises OSError."""
    if _is_numeric(host):
        return resolve(host, port)
    answers: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolve(host, port))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    threading.Thread(target=ask, name="resolver", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise httpcore2.ConnectTimeout(f"looking up {host} takes too long") from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _is_numeric(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _checked(host: str, port: int, allowed: AllowedHosts, seconds: float | None) -> list[str]:
    try:
        addresses = _resolved_in_time(host, port, seconds)
    except (OSError, UnicodeError) as error:
        raise httpcore2.ConnectError(f"{host} has no address ({error})") from error
    for address in addresses:
        why = special(address)
        if why and not (why.allowable and (host, port) in allowed):
            raise AddressRefused(
                f"{_at(host, address)} a special address ({why.name}); nothing was sent.",
                url=f"//{host}:{port}",
                mend=None if why.allowable else "Such an address can't be allowed.",
            )
    return addresses


def _at(host: str, address: str) -> str:
    return f"{host} is" if host == address else f"{host} stands at {address},"


class _Stream(httpcore2.NetworkStream):
    """A connection that ends with the time limit around it."""

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, within_limit(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, within_limit(timeout, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,  # noqa: ARG002 - ours stands in its place
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        left = within_limit(timeout, httpcore2.ConnectTimeout)
        trust = _trust()
        trust.set_alpn_protocols(["http/1.1", "h2"])
        return _Stream(self._stream.start_tls(trust, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore2.NetworkBackend):
    """Connects to checked addresses only."""

    def __init__(self, allowed: AllowedHosts) -> None:
        self._allowed = allowed
        self._sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        failure: Exception = httpcore2.ConnectError(f"{host} has no address")
        left = within_limit(timeout, httpcore2.ConnectTimeout)
        for address in _checked(host, port, self._allowed, left):
            left = within_limit(timeout, httpcore2.ConnectTimeout)
            try:
                stream = self._sockets.connect_tcp(
                    address, port, left, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
            else:
                return _Stream(stream)
        raise failure


@cache
def _trust() -> ssl.SSLContext:
    """The authorities we trust: read when the first TLS connection is made, for it takes time."""
    return httpcore2.default_ssl_context()


class _Body(httpx2.SyncByteStream):
    """A body on a pooled connection, which is free again once this is closed, read or not."""

    def __init__(self, stream: Iterable[bytes]) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx_errors():
            yield from self._stream

    def close(self) -> None:
        close = getattr(self._stream, "close", None)
        if close is not None:
            close()


@contextmanager
def _as_httpx_errors() -> Iterator[None]:
    try:
        yield
    except (
        httpcore2.TimeoutException,
        httpcore2.NetworkError,
        httpcore2.ProtocolError,
        httpcore2.UnsupportedProtocol,
    ) as error:
        # the two families have the same names, by design of httpx
        raise getattr(httpx2, type(error).__name__)(str(error)) from error


def guarded_pool(allowed: AllowedHosts) -> httpcore2.ConnectionPool:
    """Connections, HTTP/1.1 and HTTP/2, that reach no special address, except of allowed hosts.

    Its requests raise AddressRefused beside httpcore2's errors. Usable from several threads.
    """
    return httpcore2.ConnectionPool(
        ssl_context=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),  # _Stream puts ours in its place
        max_connections=CONNECTIONS,
        max_keepalive_connections=CONNECTIONS // 2,
        keepalive_expiry=5.0,
        http2=True,
        network_backend=_Backend(allowed),
    )


class GuardedTransport(httpx2.BaseTransport):
    """HTTP over guarded connections, for clients of httpx2."""

    def __init__(self, allow_private: Sequence[str] = ()) -> None:
        self._pool = guarded_pool(AllowedHosts(allow_private))

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request. Raises AddressRefused and httpx2.TransportError."""
        url = httpcore2.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        assert isinstance(request.stream, httpx2.SyncByteStream)
        with _as_httpx_errors():
            response = self._pool.handle_request(
                httpcore2.Request(
                    request.method,
                    url,
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        assert isinstance(response.stream, Iterable)
        return httpx2.Response(
            response.status,
            headers=response.headers,
            stream=_Body(response.stream),
            extensions=response.extensions,
        )

    def close(self) -> None:
        self._pool.close()


def user_agent(version: str, contact: str | None = None) -> str:
    """Who we are, and where the owner of a site can ask: "Bookplate/1.0 (+https://…)"."""
    name = f"Bookplate/{version}"
    words = "".join(c for c in contact or "" if " " <= c <= "~" and c not in "()\\")
    return f"{name} (+{words})" if words else name


def guarded_client(
    allow_private: Sequence[str] = (), contact: str | None = None, version: str = "0"
) -> httpx2.Client:
    """An HTTP client with our guard, timeouts and user agent, and no proxy, cookie or netrc.

    It follows no redirect by itself. Its requests raise AddressRefused beside httpx2's errors.
    """
    return httpx2.Client(
        transport=GuardedTransport(allow_private),
        timeout=TIMEOUT,
        headers={"user-agent": user_agent(version, contact)},
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        follow_redirects=False,
        trust_env=False,
    )
