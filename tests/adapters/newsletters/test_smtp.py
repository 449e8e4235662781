"""The SMTP channel against a real server process."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.newsletters.smtp import Smtp
from adapters.newsletters.smtp.answers import Refusal, refused
from service.errors import (
    ChannelUnreachable,
    RateLimited,
    RenditionRejected,
    SettingsError,
    TokenRejected,
    Unsure,
)
from service.model import UNSUBSCRIBE, Letter, Rendition
from tests.adapters.notebook import ALLOWED, Notebook, article, context, letter
from tests.real.servers.smtp import SmtpServer, smtp_server

ADA, BEN = "ada@readers.example", "ben@readers.example"


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with smtp_server() as running:
        yield running


def channel(server: SmtpServer, folder: Path, **options: Any) -> Smtp:
    given: dict[str, Any] = {
        "host": server.host,
        "port": server.port,
        "sender": "A Blog of Books <letters@blog.example>",
        "to": (ADA, f"Ben Okri <{BEN}>"),
        "security": "none",
        "timeout": 5.0,
    }
    return Smtp("letter", Smtp.Options(**given | options), context(folder))


def test_each_reader_gets_a_message_of_their_own(server: SmtpServer, tmp_path: Path) -> None:
    notebook = Notebook()
    channel(server, tmp_path).publish(letter("Über «zwei» Winter"), "key-1", notebook)
    ada, ben = server.wait_for_messages(2)
    assert (ada.rcpt_tos, ben.rcpt_tos) == ((ADA,), (BEN,))
    assert ada.mail_from == "letters@blog.example"
    assert ben.message["To"] == f"Ben Okri <{BEN}>"
    assert ada.message["Subject"] == "Über «zwei» Winter"
    assert ada.message["From"] == "A Blog of Books <letters@blog.example>"
    assert ada.message["Date"].datetime is not None
    assert notebook.log == [("begin", ADA), ("finish", ADA), ("begin", BEN), ("finish", BEN)]


def test_both_parts_arrive_as_they_were(server: SmtpServer, tmp_path: Path) -> None:
    long = "x" * 2000
    body = Letter("S", f"<p>.dot – {long} 📚</p>\n", f".dot – {long} 📚\n.\nend\n", language="en")
    rendition = Rendition("letter", "https://blog.example/p/", "S", body, ALLOWED)
    channel(server, tmp_path, to=(ADA,)).publish(rendition, "k", Notebook())
    (got,) = server.wait_for_messages(1)
    assert got.message.get_content_type() == "multipart/alternative"
    text, html = got.message.iter_parts()
    assert text.get_content_type() == "text/plain"
    assert html.get_content_type() == "text/html"
    assert text.get_content().replace("\r\n", "\n") == body.text
    assert html.get_content().replace("\r\n", "\n") == body.html
    assert max(map(len, got.raw.split(b"\r\n"))) <= 998


def test_a_repeated_key_sends_nothing_again(server: SmtpServer, tmp_path: Path) -> None:
    smtp, notebook = channel(server, tmp_path), Notebook()
    first = smtp.publish(letter(), "k", notebook)
    assert smtp.publish(letter(), "k", notebook) == first
    assert len(server.wait_for_messages(2)) == 2


def test_the_message_id_depends_on_key_and_reader_alone(server: SmtpServer, tmp_path: Path) -> None:
    for key in ("k", "k", "other"):
        channel(server, tmp_path).publish(letter(), key, Notebook())
    ids = [each.message["Message-ID"] for each in server.wait_for_messages(6)]
    assert ids[:2] == ids[2:4]
    assert len(set(ids)) == 4


def test_a_refused_reader_is_named_and_the_others_get_it(
    server: SmtpServer, tmp_path: Path
) -> None:
    server.configure(rejected_recipients=(ADA,))
    notebook = Notebook()
    with pytest.raises(RenditionRejected, match=f"{ADA} .550") as raised:
        channel(server, tmp_path).publish(letter(), "k", notebook)
    assert BEN not in str(raised.value)
    assert [each.rcpt_tos for each in server.wait_for_messages(1)] == [(BEN,)]
    assert not notebook.begun


def test_a_reader_refused_before_gets_it_once_mended(server: SmtpServer, tmp_path: Path) -> None:
    smtp, notebook = channel(server, tmp_path), Notebook()
    server.configure(rejected_recipients=(ADA,))
    with pytest.raises(RenditionRejected):
        smtp.publish(letter(), "k", notebook)
    server.configure(rejected_recipients=())
    smtp.publish(letter(), "k", notebook)
    assert [each.rcpt_tos for each in server.wait_for_messages(2)] == [(BEN,), (ADA,)]


def test_a_letter_not_taken_now_is_known_not_to_be_sent(server: SmtpServer, tmp_path: Path) -> None:
    server.configure(reject_data=True)
    notebook = Notebook()
    with pytest.raises(ChannelUnreachable, match="451"):
        channel(server, tmp_path).publish(letter(), "k", notebook)
    assert not notebook.begun
    assert ("drop", ADA) in notebook.log


def test_a_reader_cut_off_before_is_left_alone_and_the_others_get_it(
    server: SmtpServer, tmp_path: Path
) -> None:
    notebook = Notebook(begun={ADA})
    with pytest.raises(Unsure, match=ADA):
        channel(server, tmp_path).publish(letter(), "k", notebook)
    assert [each.rcpt_tos for each in server.wait_for_messages(1)] == [(BEN,)]
    with pytest.raises(Unsure):
        channel(server, tmp_path).publish(letter(), "k", notebook)
    assert len(server.messages()) == 1


def test_a_line_that_breaks_after_the_text_is_never_sent_again(
    server: SmtpServer, tmp_path: Path
) -> None:
    server.configure(delay=2.0)
    notebook = Notebook()
    notebook_begin = notebook.begin

    def begin_and_break(part: str) -> None:
        notebook_begin(part)
        server.process.kill()

    notebook.begin = begin_and_break  # type: ignore[method-assign]
    smtp = channel(server, tmp_path, to=(ADA,))
    with pytest.raises(ChannelUnreachable):
        smtp.publish(letter(), "k", notebook)
    assert notebook.cut_off(ADA)
    with pytest.raises(Unsure):
        smtp.publish(letter(), "k", notebook)


def test_an_unreachable_server_has_sent_nothing(server: SmtpServer, tmp_path: Path) -> None:
    server.stop()
    notebook = Notebook()
    with pytest.raises(ChannelUnreachable, match=server.host):
        channel(server, tmp_path).publish(letter(), "k", notebook)
    assert notebook.log == []


@pytest.mark.parametrize(
    ("url", "one_click"),
    [
        ("mailto:letters@blog.example?subject=unsubscribe", None),
        (f"https://blog.example/out/{'x' * 200}?a=1&b=2", "List-Unsubscribe=One-Click"),
    ],
)
def test_the_way_out_stands_in_headers_and_parts(
    server: SmtpServer, tmp_path: Path, url: str, one_click: str | None
) -> None:
    html = f'<p>Hi</p>\n<p><a href="{UNSUBSCRIBE}">Unsubscribe</a></p>\n'
    body = Letter("S", html, f"Hi\nUnsubscribe: {UNSUBSCRIBE}\n")
    rendition = Rendition("letter", "https://blog.example/p/", "S", body, ALLOWED)
    smtp = channel(server, tmp_path, to=(ADA,), unsubscribe=url, list_id="letters.blog.example")
    smtp.publish(rendition, "k", Notebook())
    (got,) = server.wait_for_messages(1)
    assert f"List-Unsubscribe: <{url}>".encode() in got.raw
    assert got.message["List-Unsubscribe-Post"] == one_click
    assert got.message["List-Id"] == "<letters.blog.example>"
    text, html_part = got.message.iter_parts()
    assert f"Unsubscribe: {url}" in text.get_content()
    assert url.replace("&", "&amp;") in html_part.get_content()


def test_the_way_out_can_name_the_reader(server: SmtpServer, tmp_path: Path) -> None:
    smtp = channel(server, tmp_path, to=(ADA,), unsubscribe="https://b.example/?r={recipient}")
    smtp.publish(letter(), "k", Notebook())
    (got,) = server.wait_for_messages(1)
    assert got.message["List-Unsubscribe"] == "<https://b.example/?r=ada%40readers.example>"


def test_without_a_way_out_its_line_is_left_out(server: SmtpServer, tmp_path: Path) -> None:
    body = Letter("S", f"<p>Hi</p>\n<a href='{UNSUBSCRIBE}'>U</a>\n", f"Hi\nU: {UNSUBSCRIBE}\n")
    rendition = Rendition("letter", "https://blog.example/p/", "S", body, ALLOWED)
    channel(server, tmp_path, to=(ADA,)).publish(rendition, "k", Notebook())
    (got,) = server.wait_for_messages(1)
    assert UNSUBSCRIBE.encode() not in got.raw
    assert got.message["List-Unsubscribe"] is None


def test_a_title_can_add_no_header(server: SmtpServer, tmp_path: Path) -> None:
    evil = "Winter\r\nBcc: everyone@readers.example\n\nbody\u2028more\x00"
    channel(server, tmp_path, to=(ADA,)).publish(letter(evil), "k", Notebook())
    (got,) = server.wait_for_messages(1)
    assert got.message["Bcc"] is None
    assert got.message["Subject"] == "Winter Bcc: everyone@readers.example body more"


def test_an_address_beyond_ascii_goes_by_smtputf8(server: SmtpServer, tmp_path: Path) -> None:
    smtp = channel(server, tmp_path, to=("Jörg <jörg@bücher.example>",))
    smtp.publish(letter(), "k", Notebook())
    (got,) = server.wait_for_messages(1)
    assert got.rcpt_tos == ("jörg@xn--bcher-kva.example",)
    assert "Jörg".encode() in got.raw


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_the_line_is_encrypted_and_logged_in(tmp_path: Path, security: str) -> None:
    tls = "implicit" if security == "tls" else "starttls"
    with smtp_server(tls=tls, user="ada", password="secret") as server:  # type: ignore[arg-type]
        options = {"security": security, "ca_file": str(server.ca), "to": (ADA,)}
        login = {"username": "ada", "password": "secret"}
        smtp = channel(server, tmp_path, **options, **login)
        assert smtp.verify() == f"writes as letters@blog.example to 1 reader through {server.host}"
        smtp.publish(letter(), "k", Notebook())
        (got,) = server.wait_for_messages(1)
        assert (got.tls, got.user) == (True, "ada")
        with pytest.raises(TokenRejected, match="535"):
            channel(server, tmp_path, **options, username="ada", password="wrong").verify()
        with pytest.raises(ChannelUnreachable, match="certificate"):
            channel(server, tmp_path, security=security, **login).verify()


def test_no_password_goes_to_a_server_without_starttls(server: SmtpServer, tmp_path: Path) -> None:
    smtp = channel(server, tmp_path, security="starttls", username="ada", password="secret")
    with pytest.raises(TokenRejected, match="STARTTLS"):
        smtp.verify()


def test_a_server_that_wants_a_login_says_so(tmp_path: Path) -> None:
    with smtp_server(user="ada", password="secret") as server, pytest.raises(TokenRejected):
        channel(server, tmp_path).publish(letter(), "k", Notebook())


@pytest.mark.parametrize(
    "options",
    [
        {"to": ()},
        {"to": ("no address",)},
        {"to": ("a@b.example\r\nBcc: c@d.example",)},
        {"sender": "nobody"},
        {"unsubscribe": "javascript:alert(1)"},
        {"unsubscribe": "https://a.example/\r\nX: y"},
        {"list_id": "a b"},
        {"security": "ssl"},
        {"reply_to": "x"},
    ],
    ids=json.dumps,
)
def test_a_wrong_option_is_refused_at_once(tmp_path: Path, options: dict[str, Any]) -> None:
    given = {"host": "localhost", "sender": "a@b.example", "to": (ADA,)} | options
    with pytest.raises(SettingsError):
        Smtp("letter", Smtp.Options(**given), context(tmp_path))


def test_the_password_is_not_shown() -> None:
    options = Smtp.Options("localhost", "a@b.example", (ADA,), password="s3cret")
    assert "s3cret" not in repr(options)


def test_other_forms_are_refused(server: SmtpServer, tmp_path: Path) -> None:
    with pytest.raises(RenditionRejected, match="article"):
        channel(server, tmp_path).publish(article(), "k", Notebook())


def test_rate_limits_are_told_from_other_delays() -> None:
    assert isinstance(refused([Refusal(ADA, 450, "4.7.1 Too many")], "h"), RateLimited)
    assert not isinstance(refused([Refusal(ADA, 451, "4.3.0 Local")], "h"), RateLimited)
