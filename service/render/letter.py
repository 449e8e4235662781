"""One post as a newsletter issue: an HTML part that needs nothing from elsewhere but the post's
own pictures, and a text part that is worth reading."""

import json
import re
from functools import cache
from pathlib import Path

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from service.model import UNSUBSCRIBE, Blog, Letter, Revision
from service.render.excerpt import excerpt, length, one_line, shortened
from service.render.plain import MEASURE, plain
from service.render.sanitise import sanitise, without_title

SUBJECT_GRAPHEMES = 180
PREHEADER_GRAPHEMES = 110
#: the widest a picture can stand in the column of 600 px
COLUMN = 528
_TEMPLATES = Path(__file__).parent / "templates"
_RIGHT_TO_LEFT = frozenset("ar arc dv fa ha he khw ks ku ps ur yi".split())
#: after the preheader, so that mail programs don't go on with the masthead in their lists
_FILLER = Markup("&#847;&zwnj;&nbsp;&#8199;&shy;") * 40
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_WIDE_IMAGE = re.compile(r'<img\b[^>]*? width="(\d+)"[^>]*>')
_SIZES = re.compile(r' (?:width|height)="\d+"')


def letter(
    revision: Revision, html: str, blog: Blog, title: str, disclosure: str | None = None
) -> Letter:
    """A Letter from the post and its HTML as rewritten for the channel.

    Sanitised, its style inlined, every address absolute, the disclosure where it stands in
    `html`. UNSUBSCRIBE stands where the sender puts the way out.
    """
    content = _narrowed(without_title(sanitise(html, revision.url, disclosure), revision.title))
    language = _language(revision.language) or _language(blog.language)
    words = {
        "title": title,
        "url": revision.url,
        "blog_url": blog.home,
        "blog_title": one_line(blog.title or "") or blog.home,
        "authors": [name for name in map(one_line, revision.authors) if name],
        "language": language,
        "direction": "rtl" if _primary(language) in _RIGHT_TO_LEFT else "ltr",
        "words": _words(_primary(language)),
        "unsubscribe": UNSUBSCRIBE,
    }
    preheader = excerpt(revision, PREHEADER_GRAPHEMES)
    page = (
        _environment()
        .get_template("letter.html")
        .render(words, preheader=preheader, filler=_FILLER, content=Markup(content))
    )
    text = (
        _environment()
        .get_template("letter.txt")
        .render(words, underline=min(length(title), MEASURE), content=plain(content))
    )
    return Letter(
        subject=shortened(title, SUBJECT_GRAPHEMES),
        html=_inlined(page),
        text=text,
        preheader=preheader,
        language=language,
    )


def _inlined(page: str) -> str:
    """The page with its style in the elements, and what only a style sheet can say in its head."""
    inliner = css_inline.CSSInliner(load_remote_stylesheets=False, extra_css=_css("letter.css"))
    screens = f"<style>\n{_css('letter_screens.css')}</style>\n</head>"
    return inliner.inline(page).replace("</head>", screens, 1)


def _narrowed(content: str) -> str:
    """Pictures wider than the column told so: not every mail program reads max-width."""

    def narrowed(image: re.Match[str]) -> str:
        if int(image[1]) <= COLUMN:
            return image[0]
        return _SIZES.sub("", image[0]).replace("<img", f'<img width="{COLUMN}"', 1)

    return _WIDE_IMAGE.sub(narrowed, content)


def _language(tag: str | None) -> str | None:
    """The BCP 47 tag; None for what is none."""
    tag = (tag or "").strip().replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) else None


def _primary(language: str | None) -> str:
    return (language or "en").lower().partition("-")[0]


def _words(language: str) -> dict[str, str]:
    table = _word_table()
    return table.get(language, table["en"])


@cache
def _word_table() -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = json.loads((_TEMPLATES / "words.json").read_text("utf-8"))
    return table


@cache
def _css(name: str) -> str:
    return (_TEMPLATES / name).read_text("utf-8")


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
