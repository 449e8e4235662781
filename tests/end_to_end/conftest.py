"""One workplace with every way out that needs nothing but PyPI."""

from __future__ import annotations

import pytest

from tests.blog import Blog
from tests.real.servers.mastodon import MastodonFake
from tests.real.servers.smtp import SmtpServer
from tests.workplace import DROP, Workplace

READERS = ("ben@shelf.example", "cai@shelf.example")


def letter(smtp: SmtpServer) -> str:
    readers = ", ".join(f'"{each}"' for each in READERS)
    return (
        f'\n[[channel]]\nname = "letter"\nkind = "smtp"\nhost = "127.0.0.1"\nport = {smtp.port}\n'
        f'security = "none"\nsender = "Ada <ada@shelf.example>"\nto = [{readers}]\n'
        'unsubscribe = "mailto:ada@shelf.example?subject=unsubscribe"\n'
    )


def mastodon(server: MastodonFake) -> str:
    return (
        f'\n[[channel]]\nname = "social"\nkind = "mastodon"\nserver = "{server.url}"\n'
        'access_token = { env = "MASTODON_TOKEN" }\n'
    )


FEED = '\n[[channel]]\nname = "tagged"\nkind = "feed"\ndirectory = "feed"\n'


@pytest.fixture
def everywhere(
    bookplate: Workplace, blog: Blog, smtp: SmtpServer, strict_mastodon: MastodonFake
) -> Workplace:
    """A workplace that publishes to a folder, a feed, two readers and a social network."""
    bookplate.configure(blog.feed, DROP, FEED, letter(smtp), mastodon(strict_mastodon))
    bookplate.env["MASTODON_TOKEN"] = strict_mastodon.token
    blog.add("old")
    bookplate("run")
    return bookplate
