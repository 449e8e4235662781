"""A rewritten post becomes what one channel carries: complete, and sent by nobody here."""

from service.model import (
    Abilities,
    Article,
    Blog,
    Letter,
    Rendition,
    Revision,
    Rewritten,
    Rule,
    ShortText,
)
from service.render.excerpt import excerpt, one_line

#: of the first words, where a post has no title of its own
TITLE_GRAPHEMES = 80


def render(
    revision: Revision,
    *,
    html: str,
    rewritten: Rewritten,
    rule: Rule,
    abilities: Abilities,
    channel: str,
    blog: Blog,
    post_text: str | None = None,
) -> Rendition:
    """The Rendition of a post for a channel of these abilities.

    `html` is the post's HTML as rewritten for the channel: tagged links and the disclosure may
    stand in it. `post_text` is the channel's own wording of a short text, with {title},
    {excerpt}, {url}, {tags} and {book}. Raises SettingsError for one that can't be filled in.

    The rendition is held where a paid link would stand although the rule forbids it.
    """
    held = rule.why if rule.verdict == "forbidden" and rewritten.tagged else None
    title = one_line(revision.title) or excerpt(revision, TITLE_GRAPHEMES) or revision.url
    return Rendition(
        channel=channel,
        post_url=revision.url,
        title=title,
        body=_body(revision, html, rewritten, abilities, blog, title, post_text),
        rule=rule,
        changes=rewritten.changes,
        notes=rewritten.notes,
        held=held,
    )


def _body(
    revision: Revision,
    html: str,
    rewritten: Rewritten,
    abilities: Abilities,
    blog: Blog,
    title: str,
    post_text: str | None,
) -> ShortText | Letter | Article:
    if abilities.form == "article":
        from service.render.article import article

        return article(revision, html, rewritten.disclosure)
    if abilities.form == "letter":
        from service.render.letter import letter

        return letter(revision, html, blog, title, rewritten.disclosure)
    from service.render.short_text import short_text

    return short_text(revision, abilities, blog, title, post_text, rewritten.paid)
