"""A mail transport by SMTP. Connections are used again, and a mail has the same Message-ID at every attempt.

A server's 5xx about the recipient or the mail is a refusal. Everything else (4xx, a 5xx about us, no answer, a broken
connection) is transient or uncertain, and the mail is sent again. After a lost 250 the mail arrives twice with one
Message-ID: SMTP cannot promise more (I-25).
"""

import asyncio
import time
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import unquote, urlsplit

import aiosmtplib

from service_notifications.adapters.messages.mail_format import MailSender, UnsafeMail, mail_bytes
from service_notifications.application.messages.mail_transport import HANDED_OVER, DeliveryOutcome, DeliveryReceipt
from service_notifications.domain.messages.outgoing_mail import OutgoingMail

AT_ONCE: Final = 8
COMMAND_SECONDS: Final = 10.0
LETTER_SECONDS: Final = 20.0
FOR_GOOD: Final = 500
IDLE_SECONDS: Final = 5.0
"""A connection that was idle for longer is not used again: servers close idle connections without notice."""


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """The mail server. `smtp` uses TLS when the server offers it, `smtps` from the first byte."""

    host: str
    port: int
    tls: bool
    username: str | None
    password: str | None

    @classmethod
    def of(cls, url: str) -> Self:
        """`smtp://[user:password@]host[:port]` or `smtps://…`."""
        parts = urlsplit(url)
        tls = parts.scheme == "smtps"
        return cls(
            parts.hostname or "127.0.0.1",
            parts.port or (465 if tls else 25),
            tls,
            unquote(parts.username) if parts.username else None,
            unquote(parts.password) if parts.password else None,
        )


class SmtpTransport:
    at_once = AT_ONCE

    def __init__(self, server: SmtpServer, sender: MailSender, *, seconds: float = LETTER_SECONDS) -> None:
        self._server = server
        self._sender = sender
        self._seconds = seconds
        self._resting: list[tuple[float, aiosmtplib.SMTP]] = []

    async def deliver(self, mail: OutgoingMail) -> DeliveryReceipt:
        try:
            content = mail_bytes(mail, self._sender)
        except UnsafeMail:
            return DeliveryReceipt(DeliveryOutcome.REFUSED, "unsafe_letter")
        try:
            async with asyncio.timeout(self._seconds):
                return await self._hand_over(mail, content)
        except aiosmtplib.SMTPRecipientsRefused as refused:
            return _refused(refused.recipients[0].code)
        except aiosmtplib.SMTPDataError as refused:
            return _refused(refused.code)
        except aiosmtplib.SMTPResponseException as trouble:
            return DeliveryReceipt(DeliveryOutcome.POSTPONED, f"smtp_{trouble.code}")
        except (aiosmtplib.SMTPException, OSError, TimeoutError):
            return DeliveryReceipt(DeliveryOutcome.POSTPONED, "smtp_away")

    async def close(self) -> None:
        """Close the connections."""
        while self._resting:
            self._resting.pop()[1].close()

    async def _hand_over(self, mail: OutgoingMail, content: bytes) -> DeliveryReceipt:
        client = await self._connected()
        try:
            await client.sendmail(self._sender.address, [mail.to_address], content)
        except BaseException:
            client.close()
            raise
        self._resting.append((time.monotonic(), client))
        return HANDED_OVER

    async def _connected(self) -> aiosmtplib.SMTP:
        while self._resting:
            since, client = self._resting.pop()
            if client.is_connected and time.monotonic() - since < IDLE_SECONDS:
                return client
            client.close()
        client = aiosmtplib.SMTP(
            hostname=self._server.host,
            port=self._server.port,
            use_tls=self._server.tls,
            username=self._server.username,
            password=self._server.password,
            timeout=COMMAND_SECONDS,
        )
        await client.connect()
        return client


def _refused(code: int) -> DeliveryReceipt:
    return DeliveryReceipt(DeliveryOutcome.REFUSED if code >= FOR_GOOD else DeliveryOutcome.POSTPONED, f"smtp_{code}")
