"""`bookplate links`, in words: `cli.urls` does it."""

import typer

from cli.urls import read_urls, tracking_ids


def links(
    file: str = typer.Argument("-", metavar="[FILE|-]", help="URLs, one a line; - is stdin."),
    tag: list[str] = typer.Option(
        [], "--tag", metavar="MARKET=TRACKING_ID", help="Your tracking id there. Repeatable."
    ),
) -> None:
    """Read URLs, one a line: which are Amazon's, what they lead to, and how they are tagged yours.

    Writes one JSON object a line, in order. Nothing is fetched: short links stay as they are.

    Example: bookplate links urls.txt --tag com=example-20 --tag co.uk=example-21
    """
    read_urls(file, tracking_ids(tag))
