"""Writes the letter that test_letter compares with, for looking at it in a browser."""

from pathlib import Path

from service.model import Letter
from tests.render.posts import LETTER, rendered

SNAPSHOT = Path(__file__).parents[1] / "data" / "render_letter.html"

if __name__ == "__main__":
    body = rendered(LETTER).body
    assert isinstance(body, Letter)
    SNAPSHOT.write_text(body.html, "utf-8")
