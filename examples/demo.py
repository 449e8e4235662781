"""`make demo`: the example blog goes in, tagged posts come out everywhere, once.

Serves examples/blog on loopback, receives the letters on a real SMTP server and the social posts
on a server that speaks Mastodon's API, runs `bookplate run` on all of it, and ends everything it
started. What to look at is left in outbox/. A second run delivers nothing new.
"""

import html
import json
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

from examples.site import served
from tests.real.servers.mastodon import MastodonFake, mastodon_fake
from tests.real.servers.smtp import SmtpServer, smtp_server

ROOT = Path(__file__).parent.parent
OUTBOX = ROOT / "outbox"
SINCE = "2026-09-01"

_CONFIGURATION = """\
# Written by `make demo`: the example blog, its servers on this machine.
catalogue = "../examples/catalogue.jsonl"

[blog]
feed = "{base}/feed.xml"
title = "The Quiet Shelf"
language = "en"
settle = "0s"

[fetch]
allow_private = ["127.0.0.1"]

[affiliate.amazon]
"amazon.com" = "quietshelf-20"
"amazon.co.uk" = "quietshelf-21"

[[source]]
name = "notes"
kind = "page"
url = "{base}/pages/notes/"

[[channel]]
name = "letter"
kind = "smtp"
host = "127.0.0.1"
port = {smtp}
security = "none"
sender = "Ada Lindqvist <ada@quietshelf.example>"
to = ["readers@quietshelf.example"]
unsubscribe = "mailto:ada@quietshelf.example?subject=unsubscribe"

[[channel]]
name = "mastodon"
kind = "mastodon"
server = "{mastodon}"
access_token = {{ env = "DEMO_MASTODON_TOKEN" }}

[[channel]]
name = "drop"
kind = "file"
directory = "drop"

[[channel]]
name = "quiet-shelf"
kind = "feed"
directory = "feed"
"""


def main() -> int:
    """Run the demo; the exit code is that of the last `bookplate run`."""
    again = (OUTBOX / "bookplate.db").exists()
    OUTBOX.mkdir(exist_ok=True)
    with (
        served(port=_last_port()) as base,
        smtp_server() as letters,
        mastodon_fake() as social,
    ):
        _remember_port(base)
        _configure(base, letters, social)
        print(f"The Quiet Shelf is served at {base} for the demo.\n")
        code = _bookplate(social, "run", "--since", SINCE)
        _collect(letters, social)
        if not again:
            print("\nThe same again, right after:\n")
            code = _bookplate(social, "run") or code
    _tell(again)
    return code


def _last_port() -> int:
    """The port of the demo before: permalinks stay what they were."""
    try:
        return int((OUTBOX / ".port").read_text())
    except (OSError, ValueError):
        return 0


def _remember_port(base: str) -> None:
    (OUTBOX / ".port").write_text(base.rpartition(":")[2])


def _configure(base: str, letters: SmtpServer, social: MastodonFake) -> None:
    text = _CONFIGURATION.format(base=base, smtp=letters.port, mastodon=social.url)
    (OUTBOX / "bookplate.toml").write_text(text, "utf-8")


def _bookplate(social: MastodonFake, *words: str) -> int:
    command = Path(sys.executable).with_name("bookplate")
    print(f"$ bookplate {' '.join(words)}")
    sys.stdout.flush()
    done = subprocess.run(
        [command, *words],
        cwd=OUTBOX,
        env={"DEMO_MASTODON_TOKEN": social.token, "PATH": "/usr/bin:/bin", "COLUMNS": "100"},
        check=False,
    )
    return done.returncode


# ── what to look at ──────────────────────────────────────────────────────────────────────


def _collect(letters: SmtpServer, social: MastodonFake) -> None:
    """Put what the servers received where a person can open it."""
    for received in letters.messages():
        _keep_letter(received.raw, received.message)
    for status in social.statuses():
        _keep_status(status)


def _keep_letter(raw: bytes, message: EmailMessage) -> None:
    folder = OUTBOX / "letters"
    folder.mkdir(exist_ok=True)
    name = _slug(str(message["subject"]))
    (folder / f"{name}.eml").write_bytes(raw)
    body = message.get_body(("html",))
    if body is not None:
        (folder / f"{name}.html").write_text(body.get_content(), "utf-8")


def _keep_status(status: dict[str, object]) -> None:
    folder = OUTBOX / "social"
    folder.mkdir(exist_ok=True)
    text = str(status.get("text") or status.get("content"))
    name = f"mastodon-{status['id']}"
    (folder / f"{name}.txt").write_text(text + "\n", "utf-8")


def _slug(text: str) -> str:
    kept = "".join(each if each.isalnum() else "-" for each in text.lower())
    return "-".join(word for word in kept.split("-") if word)


def _tell(again: bool) -> None:
    print("\nTo look at, in outbox/:")
    for what, pattern in (
        ("letters", "letters/*.html"),
        ("the same as they were sent", "letters/*.eml"),
        ("social posts", "social/*"),
        ("the republished feed", "feed/quiet-shelf.*"),
        ("one page a post", "drop/*.html"),
    ):
        found = sorted(OUTBOX.glob(pattern))
        if found:
            print(f"  {what}: {len(found)}, for example {found[0].relative_to(ROOT)}")
    if again:
        print("The demo ran before, so nothing was new. Begin anew: rm -r outbox, make demo")


if __name__ == "__main__":
    sys.exit(main())
