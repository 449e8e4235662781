"""What a post would become, as one page: findings with their reasons, then every rendition."""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from service.model import Article, Finding, Rendition, Revision
from service.render.sanitise import sanitise

_TEMPLATES = Path(__file__).parent / "templates"


def preview_page(
    revision: Revision, findings: Sequence[Finding], renditions: Sequence[Rendition]
) -> str:
    """A self-contained HTML page: no request leaves it but for the post's own pictures."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("preview.html").render(
        revision=revision,
        findings=[each for each in findings if each.decision != "ignore"],
        ignored=[each for each in findings if each.decision == "ignore"],
        renditions=[(each, _shown(each)) for each in renditions],
        style=Markup((_TEMPLATES / "preview.css").read_text("utf-8")),
    )


def _shown(rendition: Rendition) -> Markup | None:
    """An article's own HTML, fit to stand in the page; other forms are shown by the template."""
    if isinstance(rendition.body, Article):
        return Markup(sanitise(rendition.body.html, rendition.post_url))
    return None
