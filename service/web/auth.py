"""Who may look and who may decide: a password, the names we answer to, and forms that are ours.

Webhooks, republished feeds and health answer everybody; pages, API and metrics go through here.
"""

import secrets
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPBasic, HTTPBasicCredentials

from service.errors import SettingsError
from service.web.context import Context, Here

_CHALLENGE = {"WWW-Authenticate": 'Basic realm="Bookplate", charset="UTF-8"'}
_basic = HTTPBasic(
    auto_error=False, description="Any user name; the password of [serve] in bookplate.toml."
)


def check_reach(host: str, password: str | None) -> None:
    """Raises SettingsError where others could reach the pages and no password keeps them out."""
    if password is None and not is_loopback(host):
        raise SettingsError(
            f"{host} can be reached from other machines, and the pages have no password.",
            mend='Set password = { env = "NAME" } in [serve], or listen on 127.0.0.1.',
        )
    if password == "":
        raise SettingsError("The password of [serve] is empty.", mend="Set one, or take it out.")


def is_loopback(host: str) -> bool:
    """Whether this name or address, without port, is this machine's own."""
    name = host.strip("[]").lower()
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _known_name(request: Request, here: Here) -> None:
    """Without a password, answer only to our own names: what a foreign site's name leads here by
    DNS rebinding must not read or decide anything."""
    if here.password is None and not _is_our_name(_host_of(request), here):
        raise HTTPException(
            421,
            "These pages answer to localhost only. To reach them by another name, set a "
            "password in [serve].",
        )


def _is_our_name(name: str | None, here: Context) -> bool:
    return name is not None and (is_loopback(name) or name == (here.host or "").lower())


def _host_of(request: Request) -> str | None:
    return _name_in(f"//{request.headers.get('host', '')}")


def _name_in(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


def _knows_password(
    here: Here, given: Annotated[HTTPBasicCredentials | None, Depends(_basic)]
) -> None:
    if here.password is None:
        return
    offered = given.password if given is not None else ""
    if not secrets.compare_digest(offered.encode(), here.password.encode()):
        raise HTTPException(401, "The password of [serve] is needed here.", _CHALLENGE)


def own_form(request: Request) -> None:
    """Refuse a form that another site makes a browser send.

    Browsers say where a POST comes from: Sec-Fetch-Site, or, on plain HTTP and older ones, Origin
    (after Go's http.CrossOriginProtection). What sends neither is no browser.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        ours = site in ("same-origin", "none")
    else:
        origin = request.headers.get("origin")
        ours = origin is None or _netloc_of(origin) == request.headers.get("host", "").lower()
    if not ours:
        raise HTTPException(403, "This form was sent by another site. Nothing was done.")


def _netloc_of(address: str) -> str | None:
    """Host and port of an address, lower case; None for one that has none."""
    try:
        return urlsplit(address).netloc.lower() or None
    except ValueError:
        return None


#: for routers that not everybody may use
PRIVATE = [Depends(_known_name), Depends(_knows_password)]
