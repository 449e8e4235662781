"""The example blog on loopback: its files, with their own address put in.

A folder's index.html answers for the folder, as on a real site. Files below `later/` are not
published yet: they answer 404.
"""

import mimetypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

BLOG = Path(__file__).parent / "blog"
_TEXT = (".html", ".xml", ".css")


class _Site(BaseHTTPRequestHandler):
    def __init__(self, root: Path, *arguments: object) -> None:
        self._root = root
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        body, kind = self._found()
        self.send_response(200 if body is not None else 404)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body or b"")))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body or b"")

    do_HEAD = do_GET  # noqa: N815 - the name is the library's

    def _found(self) -> tuple[bytes | None, str]:
        path = (self._root / unquote(urlsplit(self.path).path).lstrip("/")).resolve()
        if path.is_dir():
            path /= "index.html"
        hidden = "later" in path.relative_to(self._root).parts if self._holds(path) else True
        if hidden or not path.is_file():
            return None, "text/plain"
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        body = path.read_bytes()
        if path.suffix in _TEXT:
            host = self.headers.get("host", "")
            return body.replace(b"{{base}}", f"http://{host}".encode()), f"{kind}; charset=utf-8"
        return body, kind

    def _holds(self, path: Path) -> bool:
        return path.is_relative_to(self._root)

    def log_message(self, *_: object) -> None:
        """Say nothing: the demo has its own words."""


@contextmanager
def served(root: Path = BLOG, port: int = 0) -> Iterator[str]:
    """The site's address while it is served; on a free port where the given one is taken."""
    handler = partial(_Site, root.resolve())
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError:
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
