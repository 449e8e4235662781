"""What the SMTP server process and the fixture that starts it share: settings and files."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

Tls = Literal["none", "starttls", "implicit"]

SETTINGS_FILE = "settings.json"
REFUSALS_FILE = "refusals.jsonl"
MESSAGES_FOLDER = "messages"


@dataclass(frozen=True)
class SmtpSettings:
    """How the server behaves; the last three may change while it runs."""

    port: int
    tls: Tls = "none"
    user: str | None = None
    password: str | None = None
    certificate: str | None = None
    key: str | None = None
    rejected_recipients: tuple[str, ...] = ()
    reject_data: bool = False
    delay: float = 0.0

    def write(self, folder: Path) -> None:
        """Replace the settings at once, so that the server never reads half of them."""
        temporary = folder / f".{SETTINGS_FILE}"
        temporary.write_text(json.dumps(asdict(self)), encoding="utf-8")
        temporary.replace(folder / SETTINGS_FILE)

    @classmethod
    def read(cls, folder: Path) -> SmtpSettings:
        values: dict[str, Any] = json.loads((folder / SETTINGS_FILE).read_text(encoding="utf-8"))
        values["rejected_recipients"] = tuple(values["rejected_recipients"])
        return cls(**values)
