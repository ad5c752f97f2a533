"""`Mail` by SMTP: a few connections that are used again, each letter with the same Message-ID at every attempt.

A server's 5xx to this person or this letter is a no; everything else (4xx, a no to us, silence, a broken line) is
transient or uncertain, and the mail is sent again. After a 250 that was lost it arrives twice, with one Message-ID:
SMTP cannot promise more (I-25).
"""

import asyncio
import time
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import unquote, urlsplit

import aiosmtplib

from service_notifications.adapters.messages.mail_format import MailSender, UnsafeMail, mail_bytes
from service_notifications.application.messages.mail_transport import (
    TAKEN,
    DeliveryOutcome,
    DeliveryReceipt,
    OutgoingMail,
)

AT_ONCE: Final = 8
COMMAND_SECONDS: Final = 10.0
LETTER_SECONDS: Final = 20.0
FOR_GOOD: Final = 500
IDLE_SECONDS: Final = 5.0
"""A connection that has rested longer is not trusted again: servers close idle ones without a word."""


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where letters go in. Over `smtp` TLS is used when the server offers it, over `smtps` from the first byte."""

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
    """See `Mail`."""

    at_once = AT_ONCE

    def __init__(self, server: SmtpServer, sender: MailSender, *, seconds: float = LETTER_SECONDS) -> None:
        self._server = server
        self._sender = sender
        self._seconds = seconds
        self._resting: list[tuple[float, aiosmtplib.SMTP]] = []

    async def deliver(self, letter: OutgoingMail) -> DeliveryReceipt:
        """See `Mail.deliver`."""
        try:
            mail = mail_bytes(letter, self._sender)
        except UnsafeMail:
            return DeliveryReceipt(DeliveryOutcome.NEVER, "unsafe_letter")
        try:
            async with asyncio.timeout(self._seconds):
                return await self._hand_over(letter, mail)
        except aiosmtplib.SMTPRecipientsRefused as refused:
            return _refused(refused.recipients[0].code)
        except aiosmtplib.SMTPDataError as refused:
            return _refused(refused.code)
        except aiosmtplib.SMTPResponseException as trouble:
            return DeliveryReceipt(DeliveryOutcome.LATER, f"smtp_{trouble.code}")
        except (aiosmtplib.SMTPException, OSError, TimeoutError):
            return DeliveryReceipt(DeliveryOutcome.LATER, "smtp_away")

    async def close(self) -> None:
        """Let go of the connections."""
        while self._resting:
            self._resting.pop()[1].close()

    async def _hand_over(self, letter: OutgoingMail, mail: bytes) -> DeliveryReceipt:
        client = await self._connected()
        try:
            await client.sendmail(self._sender.address, [letter.to_address], mail)
        except BaseException:
            client.close()
            raise
        self._resting.append((time.monotonic(), client))
        return TAKEN

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
    return DeliveryReceipt(DeliveryOutcome.NEVER if code >= FOR_GOOD else DeliveryOutcome.LATER, f"smtp_{code}")
