"""A folder with a bookplate.toml, and the command run in it as people run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

COMMAND = Path(sys.executable).with_name("bookplate")
CATALOGUE = Path(__file__).parent / "data/deliver_catalogue.jsonl"
#: far more than a command takes on a busy machine
PATIENCE = 120.0

DROP = """
[[channel]]
name = "drop"
kind = "file"
directory = "drop"
"""


@dataclass
class Workplace:
    """`folder` holds everything; `env` is the environment that commands get on top."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)

    def configure(
        self, feed: str, *channels: str, settle: str = "0s", hold_above: int = 5, more: str = ""
    ) -> None:
        """Write bookplate.toml: the blog, its channels (TOML; the file channel if none)."""
        ways_out = "".join(channels) or DROP
        text = (
            f'catalogue = "{CATALOGUE}"\n{more}\n[blog]\nfeed = "{feed}"\n'
            f'title = "Shelf by Shelf"\nlanguage = "en"\nsettle = "{settle}"\n'
            f'hold_above = {hold_above}\n[fetch]\nallow_private = ["127.0.0.1"]\n'
            f'[affiliate.amazon]\n"amazon.com" = "shelf-20"\n{ways_out}'
        )
        self.write(text)

    def write(self, text: str) -> None:
        (self.folder / "bookplate.toml").write_text(text, "utf-8")

    def append(self, text: str) -> None:
        path = self.folder / "bookplate.toml"
        path.write_text(path.read_text("utf-8") + text, "utf-8")

    def __call__(
        self, *words: str, expect: int | None = 0, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run `bookplate WORDS`; `expect` is its exit code, None for any."""
        done = subprocess.run(
            [str(COMMAND), *words],
            cwd=self.folder,
            env=self._environment(env),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        if expect is not None and done.returncode != expect:
            raise AssertionError(
                f"bookplate {' '.join(words)} ended with {done.returncode}, not {expect}:\n"
                f"{done.stdout}\n{done.stderr}"
            )
        return done

    def json(self, *words: str, expect: int | None = 0) -> Any:
        """The JSON that the command prints."""
        return json.loads(self(*words, "--json", expect=expect).stdout)

    def jsonl(self, *words: str) -> list[Any]:
        return [json.loads(line) for line in self(*words).stdout.splitlines()]

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start `bookplate WORDS` in a process group of its own; the caller ends it."""
        return subprocess.Popen(
            [str(COMMAND), *words],
            cwd=self.folder,
            env=self._environment(None),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            process_group=0,
        )

    def _environment(self, more: Mapping[str, str] | None) -> dict[str, str]:
        # without this machine's own BOOKPLATE_ variables
        kept = {name: value for name, value in os.environ.items() if "BOOKPLATE" not in name}
        return {**kept, "COLUMNS": "100", **self.env, **(more or {})}

    # ── what came of it ──────────────────────────────────────────────────────────────────

    def events(self, directory: str = "drop") -> list[dict[str, Any]]:
        """The lines of a file channel's log that are whole."""
        path = self.folder / directory / "events.jsonl"
        if not path.exists():
            return []
        text = path.read_text("utf-8")
        return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]

    def done(self, directory: str = "drop") -> list[tuple[str, str]]:
        """(action, slug) of each event, in order."""
        return [
            (each["action"], each["post_url"].rstrip("/").rpartition("/")[2])
            for each in self.events(directory)
        ]

    def page(self, slug: str, directory: str = "drop") -> str:
        """The file that the channel keeps for a post; empty where there is none."""
        files = [each["file"] for each in self.events(directory) if f"/{slug}/" in each["post_url"]]
        path = self.folder / directory / files[-1] if files else None
        return path.read_text("utf-8") if path and path.exists() else ""

    def deliveries(self) -> list[dict[str, Any]]:
        """The deliveries as the command lists them, the oldest first."""
        return self.jsonl("deliveries", "--jsonl", "--limit", "1000")[::-1]

    def states(self) -> dict[str, str]:
        """Channel → state of the newest delivery."""
        return {each["channel"]: each["state"] for each in self.deliveries()}


def until(condition: Callable[[], object], what: str, *, patience: float = PATIENCE) -> None:
    """Look again and again until the condition holds."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not so after {patience:g} s: {what}")
        time.sleep(0.01)
