"""bookplate preview: what would be found, changed and sent. Sends nothing, remembers nothing."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from cli import tables
from cli.workplace import ConfigOption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.configuration import Configuration
    from service.model import Blog, ChannelSettings, Finding, Rendition, Revision
    from service.pipeline import Shops

_KINDS = ("smtp", "bluesky", "mastodon", "feed")


class Preview(NamedTuple):
    """A post, what was found in it, and what each channel would carry."""

    revision: "Revision"
    findings: "tuple[Finding, ...]"
    renditions: "list[Rendition]"


def preview(
    post: Annotated[str, typer.Argument(metavar="FILE|URL", help="A post: a file or an address.")],
    channel: Annotated[
        list[str] | None,
        typer.Option(
            "--channel", metavar="KIND", help="Kinds, or names from bookplate.toml. Repeatable."
        ),
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write one self-contained page.")
    ] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option("--tag", metavar="MARKET=TRACKING_ID", help="For example com=example-20."),
    ] = None,
    catalogue: Annotated[Path | None, typer.Option(help="A catalogue of books.")] = None,
    allow_private: Annotated[
        list[str] | None,
        typer.Option("--allow-private", metavar="HOST", help="A host here that may be fetched."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    config: ConfigOption = None,
) -> None:
    """Show what would be found, changed and sent. Sends nothing, remembers nothing.

    Where there is a bookplate.toml it knows what `run` knows: the books you linked or corrected,
    what you decided, your online catalogues. Example: bookplate preview post.html --channel smtp
    """
    configuration = _configuration(config)
    blog = configuration.blog if configuration else _nameless()
    blog = _with(blog, tag or [], allow_private or [], catalogue)
    channels = _channels(blog, channel or [])
    if configuration:
        made = _as_run_does(post, configuration, blog, channels)
    else:
        made = _made(post, blog, channels)
    if html is not None:
        from service import pipeline

        page = pipeline.preview_page(made.revision, made.findings, made.renditions)
        html.write_text(page, "utf-8")
    if as_json:
        tables.print_json(made._asdict())
    else:
        _print(made)
        if html is not None:
            print(f"As a page: {html}")


def _configuration(config: Path | None) -> "Configuration | None":
    from service.configuration import load, locate

    path = locate(config)
    return load(path) if config is not None or path.exists() else None


def _nameless() -> "Blog":
    from service.model import Blog

    return Blog("https://blog.invalid/")


def _with(blog: "Blog", tags: list[str], private: list[str], catalogue: Path | None) -> "Blog":
    """The blog with the tags, hosts and catalogue given."""
    from dataclasses import replace

    from cli.tags import tracking_ids_by_shop

    ids = {kind: dict(each) for kind, each in blog.tracking_ids.items()}
    for kind, each in tracking_ids_by_shop(tags).items():
        ids[kind] = {**ids.get(kind, {}), **each}
    return replace(
        blog,
        tracking_ids=ids,
        allow_private=(*blog.allow_private, *private),
        catalogue=str(catalogue) if catalogue else blog.catalogue,
    )


def _channels(blog: "Blog", wanted: list[str]) -> "list[ChannelSettings]":
    from service.model import ChannelSettings

    configured = {each.name: each for each in blog.channels}
    if wanted:
        return [configured.get(name) or ChannelSettings(name, name) for name in wanted]
    return list(configured.values()) or [ChannelSettings(kind, kind) for kind in _KINDS]


def _as_run_does(
    post: str, configuration: "Configuration", blog: "Blog", channels: "Sequence[ChannelSettings]"
) -> Preview:
    from cli.workplace import rehearsing
    from service.deliver import drafts

    with rehearsing(configuration, blog) as publisher:
        revision = _revision(post, publisher.blog)
        return Preview(revision, *drafts.preview(publisher, revision, channels))


def _made(post: str, blog: "Blog", channels: "Sequence[ChannelSettings]") -> Preview:
    from dataclasses import replace

    from service import pipeline, plugins

    revision = _revision(post, blog)
    programmes = plugins.programmes()
    found = pipeline.scan(
        replace(revision.document, language=revision.language or blog.language),
        programmes=programmes,
        catalogue=pipeline.catalogue(Path(blog.catalogue) if blog.catalogue else None),
        marketplace=blog.marketplace,
        thresholds=blog.thresholds,
    )
    findings = pipeline.asked(found, pipeline.shops_for(blog, programmes))
    renditions = [
        _rendition(revision, findings, pipeline.shops_for(blog, programmes, each), blog, each)
        for each in channels
    ]
    return Preview(revision, findings, renditions)


def _rendition(
    revision: "Revision",
    findings: "tuple[Finding, ...]",
    shops: "Shops",
    blog: "Blog",
    channel: "ChannelSettings",
) -> "Rendition":
    from service import pipeline, plugins

    return pipeline.rendition(
        revision,
        findings,
        shops,
        abilities=plugins.channel_class(channel.kind).abilities,
        channel=channel.name,
        blog=blog,
        mentions=channel.mentions,
        post_text=channel.post_text,
        confirmation=channel.rule,
    )


def _revision(post: str, blog: "Blog") -> "Revision":
    from cli import batch
    from service import pipeline
    from service.binary import refuse_binary
    from service.charset import decode

    if post.startswith(("http://", "https://")):
        with pipeline.fetcher(allow_private=blog.allow_private, contact=blog.contact) as door:
            fetched = door.get(post)
        refuse_binary(fetched.body, fetched.url)
        text = decode(fetched.body, fetched.charset).text
        return pipeline.revision_of_text(text, media="html", url=fetched.url, name=post)
    source = next(batch.inputs([post]))
    text = batch.read(source).text
    name = "A post" if source.is_stdin else Path(source.name).stem
    return pipeline.revision_of_text(
        text, media=batch.media_of(source, text), url=f"{blog.url.rstrip('/')}/{name}", name=name
    )


def _print(made: Preview) -> None:
    out = tables.console()
    out.print(f"{made.revision.title}\n{made.revision.url}\n")
    shown = tables.distinct(made.findings)
    if not shown:
        out.print("No book was found.")
    for finding in shown:
        out.print(f"  {tables.book_line(finding)}")
        for why in tables.reasons(finding, 4):
            out.print(f"    – {why}")
    for rendition in made.renditions:
        _print_rendition(rendition)
    counted = tables.plural(len(shown), "finding")
    out.print(f"\n{counted}, {tables.plural(len(made.renditions), 'rendition')}; nothing was sent.")


def _print_rendition(rendition: "Rendition") -> None:
    from rich.rule import Rule

    from service.model import UNSUBSCRIBE

    out = tables.console()
    out.print(Rule(f"{rendition.channel}: {rendition.rule.verdict.replace('_', ' ')}", style="dim"))
    out.print(f"{rendition.rule.why}", style="dim")
    if rendition.held:
        out.print(f"held: {rendition.held}")
    body = rendition.body
    if body.form == "article":
        out.print(f"the whole post, {len(body.html)} characters of HTML")
    else:
        out.print(body.text.replace(UNSUBSCRIBE, "(the channel's own address)"), soft_wrap=True)
    if body.form == "short_text" and body.card is not None:
        out.print(f"card: {body.card.title} – {body.card.description}", markup=False)
    for change in rendition.changes:
        before = change.before or "(nothing)"
        out.print(f"  {before} → {change.after.strip()}", style="dim", soft_wrap=True)
        out.print(f"    {change.rule}: {change.why}", style="dim")
    for note in rendition.notes:
        out.print(f"  note: {note}", markup=False, style="dim")
