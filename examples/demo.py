"""`make demo`: the example blog goes in, tagged posts come out everywhere, once.

Serves examples/blog on loopback, receives the letters on a real SMTP server and the social posts
on a server that speaks Mastodon's API, runs `bookplate run` on all of it, and ends everything it
started. What to look at is left in outbox/. A second run delivers nothing new.
"""

import base64
import html
import json
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from examples.site import BLOG, served
from tests.real.servers.mastodon import MastodonFake, mastodon_fake
from tests.real.servers.smtp import SmtpServer, smtp_server

ROOT = Path(__file__).parent.parent
OUTBOX = ROOT / "outbox"
SINCE = "2026-09-01"

_CONFIGURATION = """\
# Written by `make demo`: the example blog, its servers on this machine.
catalogue = "../examples/catalogue.jsonl"

[blog]
url = "{base}/"
feed = "{base}/feed.xml"
title = "The Quiet Shelf"
language = "en"
settle = "0s"

[fetch]
allow_private = ["127.0.0.1"]
expand_short_links = false    # the demo asks nobody outside this machine

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


_SOCIAL_PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Social posts of the demo</title>
<style>
:root {{ color-scheme: light dark; --paper: #fbfaf7; --ink: #22201c;
  --line: #ddd8cc; --quiet: #6b665c; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --paper: #1b1a18; --ink: #ebe7de; --line: #3a3731; --quiet: #a49e92; }}
}}
body {{ background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif;
  max-width: 34rem; margin: 2rem auto; padding: 0 1rem; }}
article {{ border: 1px solid var(--line); border-radius: 8px; padding: 1rem; margin: 0 0 1.5rem;
  overflow-wrap: anywhere; }}
article p {{ margin: 0 0 .75rem; }}
.card {{ display: block; color: inherit; text-decoration: none; border: 1px solid var(--line);
  border-radius: 8px; overflow: hidden; padding: 0 0 .75rem; }}
.card img {{ display: block; width: 100%; height: auto; }}
.card strong, .card span {{ display: block; padding: .5rem .75rem 0; }}
.card span {{ color: var(--quiet); font-size: .875rem; }}
</style>
{cards}
</html>
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


def _command(*words: str) -> list[str]:
    return [str(Path(sys.executable).with_name("bookplate")), *words]


def _environment(social: MastodonFake) -> dict[str, str]:
    return {"DEMO_MASTODON_TOKEN": social.token, "PATH": "/usr/bin:/bin", "COLUMNS": "100"}


def _bookplate(social: MastodonFake, *words: str) -> int:
    print(f"$ bookplate {' '.join(words)}")
    sys.stdout.flush()
    command = _command(*words)
    return subprocess.run(command, cwd=OUTBOX, env=_environment(social), check=False).returncode


def _asked(social: MastodonFake, *words: str) -> list[Any]:
    """The JSON Lines that a command answers with."""
    done = subprocess.run(
        _command(*words),
        cwd=OUTBOX,
        env=_environment(social),
        check=True,
        capture_output=True,
        text=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


# ── what to look at ──────────────────────────────────────────────────────────────────────


def _collect(letters: SmtpServer, social: MastodonFake) -> None:
    """Put what was sent, or would be to Bluesky, where a person can open it."""
    for received in letters.messages():
        _keep_letter(received.raw, received.message)
    cards = []
    for post in _asked(social, "posts", "--jsonl"):
        (shown,) = _asked(social, "preview", post["url"], "--channel", "bluesky", "--json")
        body = shown["renditions"][0]["body"]
        cards.append(_card(body))
        _keep_words(_slug(post["title"]), body)
    if cards:
        page = _SOCIAL_PAGE.format(cards="\n".join(cards))
        (OUTBOX / "social" / "index.html").write_text(page, "utf-8")


def _keep_letter(raw: bytes, message: EmailMessage) -> None:
    folder = OUTBOX / "letters"
    folder.mkdir(exist_ok=True)
    name = _slug(str(message["subject"]))
    (folder / f"{name}.eml").write_bytes(raw)
    body = message.get_body(("html",))
    if body is not None:
        (folder / f"{name}.html").write_text(body.get_content(), "utf-8")


def _keep_words(name: str, body: dict[str, Any]) -> None:
    folder = OUTBOX / "social"
    folder.mkdir(exist_ok=True)
    card = body["card"]
    lines = [body["text"], "", f"[card] {card['title']}", f"       {card['description']}"]
    lines.append(f"       {card['url']}")
    if card["image"]:
        lines.append(f"       picture: {card['image']['url']}")
    (folder / f"{name}.txt").write_text("\n".join(lines) + "\n", "utf-8")


def _card(body: dict[str, Any]) -> str:
    card = body["card"]
    picture = ""
    if card["image"]:
        picture = _picture(card["image"]["url"], card["image"]["alt"])
    text = html.escape(body["text"]).replace("\n", "<br>")
    return (
        f'<article><p>{text}</p><a class="card" href="{html.escape(card["url"])}">{picture}'
        f"<strong>{html.escape(card['title'])}</strong>"
        f"<span>{html.escape(card['description'])}</span></a></article>"
    )


def _picture(url: str, alt: str) -> str:
    """The picture itself, so that the page can be looked at when the blog is served no more."""
    kept = BLOG / "images" / url.rpartition("/")[2]
    if not kept.is_file():
        return ""
    data = base64.b64encode(kept.read_bytes()).decode()
    return f'<img alt="{html.escape(alt)}" src="data:image/jpeg;base64,{data}">'


def _slug(text: str) -> str:
    kept = "".join(each if each.isalnum() else "-" for each in text.lower())
    return "-".join(word for word in kept.split("-") if word)


def _tell(again: bool) -> None:
    print("\nTo look at, in outbox/:")
    for what, pattern in (
        ("letters", "letters/*.html"),
        ("the same as they were sent", "letters/*.eml"),
        ("social posts with their cards", "social/index.html"),
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
