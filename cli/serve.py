"""`bookplate serve`: API, webhooks, pages, republished feeds, scheduler and workers at once."""

import errno
import os
import signal
import socket
import sys
import threading
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from service.errors import SettingsError

if TYPE_CHECKING:
    from types import FrameType

    from fastapi import FastAPI

    from service.deliver.publisher import Publisher
    from service.deliver.subscriptions import Subscriptions

#: SIGTERM to the end takes at most the sum of these and a moment, in seconds
_REQUESTS_MAY_TAKE = 3
_ROUND_MAY_TAKE = 4.0


def serve(
    host: str | None = typer.Option(None, "--host", help="The address to listen on."),
    port: int | None = typer.Option(
        None, "--port", min=0, max=65535, help="The port to listen on; 0 is any free one."
    ),
    config: Path | None = typer.Option(None, "--config", help="Another bookplate.toml."),
) -> None:
    """Poll, process and deliver continuously; answer webhooks; show pages.

    It stops within 10 seconds of SIGTERM or Ctrl-C; what is left is done after the next start.

    Example: bookplate serve --port 8080
    """
    from service.configuration import load

    configuration = load(config)
    # only now what takes long to import: a wrong configuration is told at once
    from service.deliver.publisher import Publisher
    from service.deliver.rounds import Service
    from service.store.engine import open_store
    from service.web.app import create_app
    from service.web.auth import check_reach

    settings = configuration.settings.serve
    host = host or settings.host
    password = configuration.serve_password
    check_reach(host, password)
    listening = _listen(host, settings.port if port is None else port)
    store = open_store(configuration.database_url)
    with Publisher(configuration.blog, store, configuration.directory) as publisher:
        service = Service(publisher, _log)
        app = create_app(
            publisher, service, password=password, max_body=settings.max_body, host=host
        )
        service.start()
        hubs = _hubs(publisher, settings.public_url)
        _answer(app, listening, host)
        if hubs is not None:
            hubs.stop(0)
        service.stop(_ROUND_MAY_TAKE)
        _leave_if_something_hangs()
    store.close()


def _hubs(publisher: "Publisher", public_url: str | None) -> "Subscriptions | None":
    """The subscriptions to hubs, kept from now on, where the world can reach us."""
    if public_url is None:
        return None
    from service.deliver.subscriptions import Subscriptions

    kept = Subscriptions(publisher, public_url, _log)
    kept.start()
    return kept


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises SettingsError."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(512)
    except OSError as error:
        raise _can_not_listen(host, port, error) from error
    return listening


def _can_not_listen(host: str, port: int, error: OSError) -> SettingsError:
    if error.errno == errno.EADDRINUSE:
        return SettingsError(
            f"Port {port} of {host} is in use by another program.",
            mend="Stop it, or choose another port: bookplate serve --port 8081",
        )
    if error.errno == errno.EACCES:
        return SettingsError(
            f"We may not listen on port {port}.", mend="Choose one from 1024 up: --port 8080"
        )
    reason = error.strerror or str(error)
    return SettingsError(
        f"We can't listen on {host}, port {port}: {reason}.",
        mend="Give an address of this machine: --host 127.0.0.1",
    )


def _answer(app: "FastAPI", listening: socket.socket, host: str) -> None:
    """Answer requests until SIGTERM or SIGINT."""
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            print(f"Bookplate is at {_address(host, listening)}", flush=True)

    for each in (signal.SIGTERM, signal.SIGINT):
        # uvicorn raises again what it caught: it must not end us before the rounds have stopped
        signal.signal(each, _already_stopping)
    Server(
        uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=_REQUESTS_MAY_TAKE,
        )
    ).run(sockets=[listening])


def _address(host: str, listening: socket.socket) -> str:
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{listening.getsockname()[1]}/"


def _already_stopping(_signal: int, _frame: "FrameType | None") -> None:
    """Stopping takes its few seconds; asking again does not make it shorter."""


def _leave_if_something_hangs() -> None:
    """End the process at once where a thread would keep it: a channel call that never returns.

    What it was doing is taken up after the next start, as after a crash.
    """
    hanging = [each for each in threading.enumerate() if each is not threading.main_thread()]
    if hanging:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def _log(line: str) -> None:
    print(f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S} {line}", file=sys.stderr, flush=True)
