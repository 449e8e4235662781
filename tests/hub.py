"""A WebSub hub on loopback, written from the Recommendation: https://www.w3.org/TR/websub/

It verifies intent (5.3), keeps leases, signs what it distributes (8), and redirects or denies
where a test asks it to.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs

import httpx2


@dataclass
class Subscriber:
    """A verified subscription, and what its callback answered to each distribution."""

    callback: str
    topic: str
    secret: str | None
    lease: int
    answers: list[int] = field(default_factory=list)


class Hub:
    """`asked` are the forms that came, `subscribers` those verified, by callback and topic."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.subscribers: dict[tuple[str, str], Subscriber] = {}
        self.verified: list[tuple[str, int]] = []
        self.lease: int | None = None
        self.denies = False
        self.refuses: int | None = None
        self.sends_on_to: str | None = None
        self._coming_back: list[threading.Thread] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    # ── 5: subscribing and unsubscribing ─────────────────────────────────────────────────

    def hear(self, kind: str, body: bytes) -> tuple[int, dict[str, str], str]:
        """Status, headers and words for a request to subscribe or unsubscribe."""
        if self.sends_on_to:
            return 307, {"Location": self.sends_on_to}, ""
        if kind.split(";")[0] != "application/x-www-form-urlencoded":
            return 415, {}, "a form, please"
        form = {name: values[0] for name, values in parse_qs(body.decode("utf-8")).items()}
        self.asked.append(form)
        missing = {"hub.callback", "hub.mode", "hub.topic"} - set(form)
        if missing or form["hub.mode"] not in ("subscribe", "unsubscribe"):
            return 400, {}, f"missing or wrong: {missing}"
        if len(form.get("hub.secret", "")) >= 200:
            return 400, {}, "the secret is too long"
        if self.refuses is not None:
            return self.refuses, {}, "not now"
        thread = threading.Thread(target=self._come_back, args=(form,), daemon=True)
        self._coming_back.append(thread)
        thread.start()
        return 202, {}, ""

    def wait(self) -> None:
        """Until every request was verified or denied."""
        while self._coming_back:
            self._coming_back.pop().join()

    def _come_back(self, form: dict[str, str]) -> None:
        callback, topic, mode = form["hub.callback"], form["hub.topic"], form["hub.mode"]
        if self.denies and mode == "subscribe":
            self.question(callback, {"hub.mode": "denied", "hub.topic": topic, "hub.reason": "no"})
            return
        lease = self.lease or int(form.get("hub.lease_seconds", 86_400))
        challenge = secrets.token_urlsafe(16)
        asked = {"hub.mode": mode, "hub.topic": topic, "hub.challenge": challenge}
        if mode == "subscribe":
            asked["hub.lease_seconds"] = str(lease)
        answer = self.question(callback, asked)
        self.verified.append((mode, answer.status_code))
        if not answer.is_success or answer.text != challenge:
            return
        if mode == "subscribe":
            one = Subscriber(callback, topic, form.get("hub.secret"), lease)
            self.subscribers[callback, topic] = one
        else:
            self.subscribers.pop((callback, topic), None)

    def question(self, callback: str, query: dict[str, str]) -> httpx2.Response:
        """A GET of the callback, its own query kept (5.1.1)."""
        with httpx2.Client(trust_env=False) as client:
            return client.get(httpx2.URL(callback).copy_merge_params(query))

    # ── 7 and 8: content distribution ────────────────────────────────────────────────────

    def distribute(self, body: bytes, *, method: str = "sha256", forged: bool = False) -> list[int]:
        """Push to every subscriber; what they answered. `forged` signs with another secret."""
        answers = []
        for one in self.subscribers.values():
            headers = {
                "Content-Type": "application/rss+xml; charset=utf-8",
                "Link": f'<{self.url}>; rel="hub", <{one.topic}>; rel="self"',
            }
            if one.secret is not None and method:
                secret = "another" if forged else one.secret
                signature = hmac.new(secret.encode(), body, method).hexdigest()
                headers["X-Hub-Signature"] = f"{method}={signature}"
            with httpx2.Client(trust_env=False) as client:
                status = client.post(one.callback, content=body, headers=headers).status_code
            one.answers.append(status)
            answers.append(status)
        return answers


def _handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            status, headers, words = hub.hear(self.headers.get("content-type") or "", body)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(words)))
            self.end_headers()
            self.wfile.write(words.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
