"""Amazon's marketplaces and hosts: which address is a shop, a shortener, a widget."""

from __future__ import annotations

from adapters.programmes.amazon.tables import rows

#: spelling (an own domain, or one that leads there) → marketplace
_SPELLINGS: dict[str, str] = {}
for _domain, _, _aliases, _ in rows("marketplaces.tsv"):
    _SPELLINGS[_domain] = _domain
    _SPELLINGS.update(dict.fromkeys(_aliases.split(), _domain))

MARKETPLACES: tuple[str, ...] = tuple(dict.fromkeys(_SPELLINGS.values()))

#: host → (role, marketplace or None); role is one of shop alias short astore reader widget
HOSTS: dict[str, tuple[str, str | None]] = {}
#: (beginning, end, role) of the hosts that a region or server name stands in
_FAMILIES: list[tuple[str, str, str]] = []


def _learn(pattern: str, role: str, marketplace: str | None) -> None:
    start, star, end = pattern.partition("*")
    if star:
        _FAMILIES.append((start, end, role))
    else:
        HOSTS[pattern] = (role, marketplace)


for _pattern, _role, _ in rows("hosts.tsv"):
    _kind, _, _of = _role.partition(":")
    if "{" in _pattern:
        for _spelling, _domain in _SPELLINGS.items():
            _learn(_pattern.replace("{marketplace}", _spelling), _kind, _domain)
    else:
        _learn(_pattern, _kind, _of or None)


def role_of(host: str) -> tuple[str, str | None] | None:
    """What a host (lower-case, without port) is to Amazon's customers; None if nothing.

    Advertising, images, web services, pages for sellers and the press: all nothing.
    """
    known = HOSTS.get(host)
    if known is None and "amazon" in host:
        for start, end, role in _FAMILIES:
            if host.startswith(start) and host.endswith(end):
                return role, None
    return known


def marketplace_of(spelling: str) -> str | None:
    """The marketplace that a person means by `amazon.co.uk`, `co.uk`, `uk` or `www.amazon.co.uk`.

    None where there is none such.
    """
    name = spelling.strip().lower().removeprefix("www.").strip(".")
    candidates = (name, f"amazon.{name}", f"amazon.co.{name}", f"amazon.com.{name}")
    return next((_SPELLINGS[each] for each in candidates if each in _SPELLINGS), None)
