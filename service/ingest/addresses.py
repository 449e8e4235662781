"""Which addresses are special, and which hosts the user allowed to stand at one. Pure."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

_NAT64 = IPv6Network("64:ff9b::/96")
_UNICAST = IPv6Network("2000::/3")


@dataclass(frozen=True, slots=True)
class Special:
    """Why an address is none of the public web's; `allowable` where it may be a user's own."""

    name: str
    allowable: bool


@cache
def _table() -> tuple[tuple[IPv4Network | IPv6Network, Special], ...]:
    text = files("service.ingest").joinpath("special_addresses.csv").read_text("utf-8")
    return tuple(
        (ip_network(row["network"]), Special(row["name"], row["allowable"] == "yes"))
        for row in csv.DictReader(text.splitlines())
    )


def special(address: str) -> Special | None:
    """Why no request may reach this numeric address; None for one of the public web.

    A NAT64 address (64:ff9b::/96, RFC 6052) is judged by the IPv4 address in it, because on
    networks without IPv4 every public host has one. Raises ValueError for what is no address.
    """
    ip: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address) and ip in _NAT64:
        inner = special(str(IPv4Address(int(ip) & 0xFFFFFFFF)))
        return Special(f"NAT64 of {inner.name}", allowable=False) if inner else None
    for network, why in _table():
        if ip.version == network.version and ip in network:
            return why
    if isinstance(ip, IPv6Address) and ip not in _UNICAST:
        return Special("reserved", allowable=False)
    return None


class AllowedHosts:
    """The hosts, as typed in a URL, that may stand at a loopback or private address.

    Each is a host ("127.0.0.1", "localhost", "::1") or a host with its port ("blog.lan:8080",
    "[::1]:8080").
    """

    def __init__(self, hosts: Sequence[str] = ()) -> None:
        self._hosts = frozenset(_host_and_port(host) for host in hosts)

    def __contains__(self, origin: tuple[str, int]) -> bool:
        host, port = _folded(origin[0]), origin[1]
        return (host, None) in self._hosts or (host, port) in self._hosts


def _host_and_port(spelling: str) -> tuple[str, int | None]:
    spelling = spelling.strip().partition("//")[2].partition("/")[0] or spelling.strip()
    if spelling.startswith("["):
        host, _, rest = spelling[1:].partition("]")
        port = rest.removeprefix(":")
    elif spelling.count(":") > 1:
        host, port = spelling, ""
    else:
        host, _, port = spelling.partition(":")
    return _folded(host), int(port) if port.isascii() and port.isdigit() else None


def _folded(host: str) -> str:
    return host.lower().strip("[]").rstrip(".")
