"""The line to a mail server: encrypted, and logged in, as asked (RFC 5321, 3207, 4954, 6409)."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.newsletters.smtp.answers import Refusal, bytes_of, line_refused, reason, said
from service.errors import ChannelUnreachable, SettingsError, TokenRejected

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from adapters.newsletters.smtp import Smtp


@dataclass(frozen=True, slots=True)
class Line:
    """How a server is reached. `own_name` is ours in its greeting, `ca_file` what is trusted
    instead of the system's certificates."""

    options: Smtp.Options
    own_name: str
    ca_file: Path | None = None

    @contextmanager
    def connected(self) -> Iterator[smtplib.SMTP]:
        """A line, encrypted and logged in as asked. Raises ChannelErrors for all that goes wrong
        on it while the block runs."""
        host = self.options.host
        try:
            server = self._line()
            try:
                self._log_in(server)
                yield server
            finally:
                # After the answers are in, how the line is closed says nothing.
                with suppress(smtplib.SMTPException, OSError):
                    server.quit()
                server.close()
        except ssl.SSLCertVerificationError as error:
            raise ChannelUnreachable(
                f"{host} shows a certificate that can't be trusted: {error.verify_message}.",
                mend="Check host; for a server with a certificate of your own, set ca_file.",
            ) from error
        except smtplib.SMTPResponseException as error:
            answer = said((error.smtp_code, bytes_of(error.smtp_error)))
            raise line_refused(Refusal("the line", *answer), host) from error
        except (smtplib.SMTPException, OSError) as error:
            raise ChannelUnreachable(
                f"{host}, port {self.options.port}: {reason(error)}."
            ) from error

    def _line(self) -> smtplib.SMTP:
        options = self.options
        if options.security == "tls":
            return smtplib.SMTP_SSL(
                options.host,
                options.port,
                self.own_name,
                timeout=options.timeout,
                context=self._trust(),
            )
        server = smtplib.SMTP(options.host, options.port, self.own_name, timeout=options.timeout)
        if options.security == "starttls":
            try:
                server.ehlo_or_helo_if_needed()
                server.starttls(context=self._trust())
            except smtplib.SMTPNotSupportedError as error:
                server.close()
                raise TokenRejected(
                    f"{options.host}, port {options.port}, offers no STARTTLS.",
                    mend='Set security to "tls" (mostly port 465), or "none" on your own machine.',
                ) from error
            except BaseException:
                server.close()
                raise
        return server

    def _trust(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self.ca_file)
        except OSError as error:
            raise SettingsError(f"ca_file {self.ca_file} can't be read: {error}.") from error

    def _log_in(self, server: smtplib.SMTP) -> None:
        server.ehlo_or_helo_if_needed()
        if self.options.username is None:
            return
        try:
            server.login(self.options.username, self.options.password or "")
        except smtplib.SMTPAuthenticationError as error:
            code, words = said((error.smtp_code, bytes_of(error.smtp_error)))
            if 400 <= code < 500:
                raise
            raise TokenRejected(
                f"{self.options.host} refuses the login of {self.options.username}: {code} {words}",
                mend="Check username and password, then run: bookplate channels verify",
            ) from error
        except smtplib.SMTPNotSupportedError as error:
            raise TokenRejected(
                f"{self.options.host}, port {self.options.port}, offers no login"
                f"{' on an unencrypted line' if self.options.security == 'none' else ''}.",
                mend='Set security to "starttls" or "tls", or leave username out.',
            ) from error
