"""Each real server starts, does what it is for, and leaves nothing behind."""

from __future__ import annotations

import shutil
import smtplib
import ssl
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from tests.real.fixtures import StartSmtp
from tests.real.servers.http import answers, request
from tests.real.servers.pds import PdsServer
from tests.real.servers.postgres import postgres_server
from tests.real.servers.processes import (
    ServerError,
    ServerProcess,
    accepts_connections,
    free_port,
    python_environment,
    wait_until,
)
from tests.real.servers.smtp import SmtpServer

pytestmark = pytest.mark.real

POSTS = "app.bsky.feed.post"
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
    b"\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff"
    b"\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)


def put_post(server: PdsServer, rkey: str, record: dict[str, object]) -> None:
    base = {"$type": POSTS, "text": "", "createdAt": "2026-01-01T00:00:00Z"}
    data = {"repo": server.did, "collection": POSTS, "rkey": rkey, "record": {**base, **record}}
    server.call("com.atproto.repo.putRecord", data, server.session())


def mail(recipient: str = "reader@example.org") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "bookplate@example.org"
    message["To"] = recipient
    message["Subject"] = "Grüße"
    message.set_content("Ein neuer Eintrag\n")
    return message


class TestProcesses:
    def test_server_that_dies_at_once_is_reported_with_its_log(self, tmp_path: Path) -> None:
        process = ServerProcess(
            "Broken server", [sys.executable, "-c", "print('no luck')"], tmp_path / "log", tmp_path
        )
        with pytest.raises(ServerError, match=r"(?s)Broken server ended with code 0.*no luck"):
            process.start(lambda: False)

    def test_server_that_never_answers_is_killed_at_the_deadline(self, tmp_path: Path) -> None:
        command = [sys.executable, "-c", "import signal; signal.pause()"]
        process = ServerProcess("Mute", command, tmp_path / "log", tmp_path, start_timeout=0.2)
        with pytest.raises(ServerError, match=r"not ready after 0\.2 s"):
            process.start(lambda: False)
        assert not process.running

    @pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of the death")
    @pytest.mark.parametrize("starter", ["smtp.smtp_server", "postgres.postgres_server"])
    def test_killed_test_run_leaves_no_server_behind(self, starter: str) -> None:
        module, _, function = starter.partition(".")
        script = (
            "import os\n"
            f"from tests.real.servers.{module} import {function}\n"
            f"with {function}() as server:\n"
            "    print(server.port, server.process.cwd, flush=True)\n"
            "    os.kill(os.getpid(), 9)\n"
        )
        run = subprocess.run(
            [sys.executable, "-c", script],
            env=python_environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        port, folder = run.stdout.split()
        try:
            wait_until(lambda: not accepts_connections(int(port)), 10, f"port {port} closed")
        finally:
            # Only the server dies with a killed run; its folder has nobody else to delete it.
            shutil.rmtree(folder)


class TestPds:
    def test_putting_a_record_twice_under_one_key_leaves_one_record(
        self, pds_account: PdsServer
    ) -> None:
        put_post(pds_account, "3kdgeujwlq32y", {"text": "first"})
        put_post(pds_account, "3kdgeujwlq32y", {"text": "second"})
        assert [entry["value"]["text"] for entry in pds_account.records(POSTS)] == ["second"]

    def test_wrong_password_is_refused(self, pds_account: PdsServer) -> None:
        address = f"{pds_account.url}/xrpc/com.atproto.server.createSession"
        login = {"identifier": pds_account.handle, "password": "wrong"}
        assert request("POST", address, json_body=login).status == 401

    def test_too_long_post_is_refused_by_the_lexicon(self, pds_account: PdsServer) -> None:
        with pytest.raises(ServerError, match="maximum 300, got 301"):
            put_post(pds_account, "3kdgeujwlq32z", {"text": "x" * 301})

    def test_uploaded_blob_is_served_once_a_record_refers_to_it(
        self, pds_account: PdsServer
    ) -> None:
        upload = request(
            "POST",
            f"{pds_account.url}/xrpc/com.atproto.repo.uploadBlob",
            body=PNG,
            token=pds_account.session(),
            headers={"Content-Type": "image/png"},
        )
        blob = upload.json()["blob"]
        images = {"$type": "app.bsky.embed.images", "images": [{"image": blob, "alt": "dot"}]}
        put_post(pds_account, "3kdgeujwlq33a", {"embed": images})
        assert pds_account.blob(blob["ref"]["$link"]) == PNG

    def test_records_and_account_outlive_a_crash(self, fresh_pds: PdsServer) -> None:
        put_post(fresh_pds, "3kdgeujwlq32y", {"text": "kept"})
        fresh_pds.kill()
        assert not answers(f"{fresh_pds.url}/xrpc/_health")
        fresh_pds.start()
        assert fresh_pds.session()
        assert [entry["value"]["text"] for entry in fresh_pds.records(POSTS)] == ["kept"]


class TestSmtp:
    def test_message_is_stored_with_its_envelope(self, smtp: SmtpServer) -> None:
        with smtplib.SMTP(smtp.host, smtp.port) as client:
            client.send_message(mail(), from_addr="bounce@example.org")
        (received,) = smtp.messages()
        assert received.message["Subject"] == "Grüße"
        assert received.message.get_content() == "Ein neuer Eintrag\n"
        assert received.mail_from == "bounce@example.org"
        assert received.rcpt_tos == ("reader@example.org",)

    def test_starttls_and_login_are_required_and_work(self, start_smtp: StartSmtp) -> None:
        server = start_smtp(tls="starttls", user="bookplate", password="secret")
        trust = ssl.create_default_context(cafile=server.ca)
        with smtplib.SMTP(server.host, server.port) as client:
            with pytest.raises(smtplib.SMTPSenderRefused, match="STARTTLS"):
                client.send_message(mail())
            client.starttls(context=trust)
            with pytest.raises(smtplib.SMTPSenderRefused, match="Authentication required"):
                client.send_message(mail())
            with pytest.raises(smtplib.SMTPAuthenticationError):
                client.login("bookplate", "wrong")
            client.login("bookplate", "secret")
            client.send_message(mail())
        (received,) = server.messages()
        assert (received.tls, received.user) == (True, "bookplate")

    def test_implicit_tls_works(self, start_smtp: StartSmtp) -> None:
        server = start_smtp(tls="implicit")
        trust = ssl.create_default_context(cafile=server.ca)
        with smtplib.SMTP_SSL("localhost", server.port, context=trust) as client:
            client.send_message(mail())
        assert [message.tls for message in server.messages()] == [True]

    def test_certificate_is_refused_without_its_authority(self, start_smtp: StartSmtp) -> None:
        server = start_smtp(tls="implicit")
        trust = ssl.create_default_context()
        with pytest.raises(ssl.SSLCertVerificationError):
            smtplib.SMTP_SSL("localhost", server.port, context=trust)

    def test_rejected_recipient_gets_550_and_the_others_the_message(
        self, start_smtp: StartSmtp
    ) -> None:
        server = start_smtp(rejected_recipients=("gone@example.org",))
        with smtplib.SMTP(server.host, server.port) as client:
            refused = client.send_message(
                mail(), to_addrs=["gone@example.org", "reader@example.org"]
            )
        assert refused["gone@example.org"][0] == 550
        assert [message.rcpt_tos for message in server.messages()] == [("reader@example.org",)]

    def test_data_is_refused_with_451_until_told_otherwise(self, start_smtp: StartSmtp) -> None:
        server = start_smtp(reject_data=True)
        with smtplib.SMTP(server.host, server.port) as client:
            with pytest.raises(smtplib.SMTPDataError, match="451"):
                client.send_message(mail())
            assert server.messages() == []
            server.configure(reject_data=False)
            client.send_message(mail())
        assert len(server.messages()) == 1
        assert [refusal["command"] for refusal in server.refusals()] == ["DATA"]

    def test_slow_server_exceeds_a_short_timeout(self, start_smtp: StartSmtp) -> None:
        server = start_smtp(delay=5)
        with (
            smtplib.SMTP(server.host, server.port, timeout=0.3) as client,
            pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"),
        ):
            client.send_message(mail())

    def test_stopped_server_is_unreachable_and_back_after_a_start(self, smtp: SmtpServer) -> None:
        smtp.stop()
        with pytest.raises(ConnectionRefusedError):
            smtplib.SMTP(smtp.host, smtp.port)
        smtp.start()
        with smtplib.SMTP(smtp.host, smtp.port) as client:
            client.send_message(mail())
        assert len(smtp.messages()) == 1


class TestPostgres:
    def test_url_reaches_a_real_postgresql(self, postgres_url: str) -> None:
        engine = create_engine(postgres_url)
        with engine.connect() as connection:
            version = connection.execute(text("select version()")).scalar_one()
        engine.dispose()
        assert version.startswith("PostgreSQL 18.")

    def test_each_database_is_empty_even_when_the_last_test_left_a_connection(
        self, postgres_url: str, request: pytest.FixtureRequest
    ) -> None:
        cluster = request.getfixturevalue("postgres_cluster")
        with cluster.database() as other:
            left_open = create_engine(other).connect()
            left_open.execute(text("create table books (title text)"))
            left_open.commit()
        with create_engine(postgres_url).connect() as connection:
            tables = connection.execute(text("select to_regclass('books')")).scalar_one()
        left_open.invalidate()
        assert tables is None

    def test_committed_rows_outlive_a_crash(self) -> None:
        with postgres_server() as server:
            address = server.create_database().replace("+psycopg", "")
            with psycopg.connect(address) as connection:
                connection.execute("create table books as select 'Emma' as title")
            server.kill()
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(address)
            server.start()
            with psycopg.connect(address) as connection:
                assert connection.execute("select title from books").fetchone() == ("Emma",)


def test_free_port_accepts_no_connections() -> None:
    assert not accepts_connections(free_port())
