"""bookplate init: discover a blog's feed, write a commented bookplate.toml, check it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.errors import SettingsError, UsageError

if TYPE_CHECKING:
    from service.ingest.discovery import Discovery
    from service.ingest.ways import Way

_TEMPLATE = """\
# Bookplate's configuration. Every setting: docs/settings.md
# Secrets never stand here: write {{ env = "NAME" }}, {{ file = "path" }} or {{ keyring = "name" }}.

[blog]
url = {url}
{feed}
title = {title}
language = {language}
settle = "10m"        # a new post is announced once it has stood unchanged this long; "0s" at once
hold_above = 5        # more new posts than this in one poll are held and asked about

[fetch]
allow_private = {private}    # hosts on this machine or network that may be fetched
# contact = "https://example.com/about"      # goes into the user agent

[affiliate.amazon]    # a tracking id a marketplace; links to others stay untagged, and are told
{tags}

# ── ways out: bookplate channels verify proves each without posting ─────────────────────────

[[channel]]           # one HTML file a post, and a log of what was done
name = "drop"
kind = "file"
directory = "outbox/drop"

[[channel]]           # your posts as a feed (RSS, Atom, JSON Feed), links tagged
name = "tagged"
kind = "feed"
directory = "outbox/feed"

# [[channel]]         # a newsletter by e-mail, to people who asked for it
# name = "letter"
# kind = "smtp"
# host = "smtp.example.com"
# username = "ada"
# password = {{ env = "SMTP_PASSWORD" }}
# sender = "Ada <ada@example.com>"
# to = ["readers@example.com"]
# unsubscribe = "mailto:ada@example.com?subject=unsubscribe"

# [[channel]]
# name = "bluesky"
# kind = "bluesky"
# handle = "example.com"
# app_password = {{ env = "BLUESKY_APP_PASSWORD" }}

# [[channel]]
# name = "mastodon"
# kind = "mastodon"
# server = "https://mastodon.social"
# access_token = {{ env = "MASTODON_TOKEN" }}

# ── webhooks: your CMS posts to /hooks/cms of bookplate serve ───────────────────────────────

# [[source]]
# name = "cms"
# kind = "webhook"
# secret = {{ env = "CMS_HOOK_SECRET" }}     # whsec_…, as in Standard Webhooks
"""

_LISTS = {"wordpress": "WordPress's API", "sitemap": "a sitemap"}


def init(
    url: Annotated[str | None, typer.Argument(help="The blog's address.")] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option("--tag", metavar="MARKET=TRACKING_ID", help="For example com=example-20."),
    ] = None,
    title: Annotated[
        str | None, typer.Option(help="The blog's name; its feed's otherwise.")
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to write.")] = Path(
        "bookplate.toml"
    ),
    force: Annotated[bool, typer.Option("--force", help="Replace the file.")] = False,
    allow_private: Annotated[
        list[str] | None,
        typer.Option("--allow-private", metavar="HOST", help="A host here that may be fetched."),
    ] = None,
) -> None:
    """Begin: discover the blog's feed, write a commented bookplate.toml, check it.

    Example: bookplate init https://your.blog/ --tag com=example-20
    """
    if output.exists() and not force:
        raise SettingsError(f"{output} is there already.", mend="Keep it, or use --force.")
    url = url or _ask("Your blog's address")
    if not url:
        raise UsageError("Whose blog? Name its address.", mend="bookplate init https://your.blog/")
    if "://" not in url:
        url = f"https://{url}"
    tags = _tags(tag)
    found, ways = _survey(url, allow_private or [])
    text = _configuration(url, found, title, tags, allow_private or [])
    output.write_text(text, "utf-8")
    _check(output)
    _tell(output, found, ways, tags)


def _ask(question: str) -> str:
    """The answer of a person at a terminal; nothing where there is none."""
    if not sys.stdin.isatty():
        return ""
    answer: str = typer.prompt(question, default="", show_default=False)
    return answer.strip()


def _tags(given: list[str] | None) -> dict[str, dict[str, str]]:
    """Programme kind → marketplace → tracking id. Raises UsageError."""
    from cli.tags import tracking_ids_by_shop

    words = list(given or [])
    if not words:
        answer = _ask("Your Amazon tracking id for amazon.com (Enter: none yet)")
        words = [f"com={answer}"] if answer else []
    return tracking_ids_by_shop(words)


def _affiliate(tags: dict[str, dict[str, str]]) -> str:
    """The tracking ids as their sections of the configuration, Amazon's first and without head."""
    lines = []
    for kind in dict.fromkeys(("amazon", *tags)):
        if kind != "amazon":
            lines += ["", f"[affiliate.{kind}]"]
        ids = tags.get(kind, {})
        lines += [f"{_quoted(market)} = {_quoted(id_)}" for market, id_ in ids.items()]
        if not ids:
            lines.append('# "amazon.com" = "example-20"')
    return "\n".join(lines)


def _survey(url: str, allow_private: list[str]) -> "tuple[Discovery, tuple[Way, ...]]":
    from service import archives, pipeline

    with pipeline.fetcher(allow_private=allow_private) as door:
        return archives.survey(url, door)


def _configuration(
    url: str,
    found: "Discovery",
    title: str | None,
    tags: dict[str, dict[str, str]],
    private: list[str],
) -> str:
    feed = f"feed = {_quoted(found.feed_url)}" if found.feed_url else "# no feed was found"
    if found.kind in _LISTS:
        feed += f"    # {_LISTS[found.kind]}, followed as a feed is"
    text = _TEMPLATE.format(
        url=_quoted(found.site_url or url),
        feed=feed,
        title=_quoted(title or found.title or ""),
        language=_quoted(found.language or "en"),
        private="[" + ", ".join(map(_quoted, private)) + "]",
        tags=_affiliate(tags),
    )
    if found.feed_url is None:
        page = f'\n[[source]]\nname = "pages"\nkind = "page"\nurl = {_quoted(found.site_url)}\n'
        text = text.replace(f"url = {_quoted(found.site_url or url)}\n", "", 1) + page
    return text


def _quoted(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=False)


def _check(output: Path) -> None:
    from service.configuration import load

    load(output).blog  # noqa: B018 - what is wrong in it is raised


def _tell(
    output: Path,
    found: "Discovery",
    ways: "tuple[Way, ...]",
    tags: dict[str, dict[str, str]],
) -> None:
    print(f"{found.title or 'The blog'}: {found.why}")
    for way in ways[1:]:
        print(f"  also there: {way.url} ({way.what.rstrip('.')})")
    if not tags:
        print('No tracking id yet: add "amazon.com" = "example-20" under [affiliate.amazon].')
    print(f"Wrote {output}.")
    print("Next: bookplate run (makes note of what is there), bookplate doctor")
    if any(way.kind in ("wordpress", "feed-pages", "sitemap") for way in ways):
        print("For the posts before those: bookplate backfill")
