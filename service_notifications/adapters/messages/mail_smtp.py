"""A mail transport by SMTP. Connections are used again, and a mail has the same Message-ID at every attempt.

A server's 5xx about the recipient is a refusal: only another address helps. Everything else is transient or uncertain,
and the mail is sent again: 4xx, no answer, a broken connection, and a 5xx about us or about the mail, which a server
that is set up wrongly says to everybody (Z20). After a lost 250 the mail arrives twice with one Message-ID: SMTP cannot
promise more (I-25).
"""

import asyncio
import re
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
NO_SERVICE: Final = 554
ABOUT_POLICY: Final = "7"
_ENHANCED: Final = re.compile(r"5\.(\d{1,3})\.\d{1,3}\b", re.ASCII)
"""The code of RFC 3463: its second number says what the refusal is about."""
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
            return _refused(refused.recipients[0])
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


def _refused(answer: aiosmtplib.SMTPRecipientRefused) -> DeliveryReceipt:
    """Whether the recipient is refused for good. A policy about us (`5.7.x`) and 554 say nothing about the address."""
    said = _ENHANCED.match(answer.message)
    about_us = answer.code == NO_SERVICE or (said is not None and said[1] == ABOUT_POLICY)
    for_good = answer.code >= FOR_GOOD and not about_us
    return DeliveryReceipt(DeliveryOutcome.REFUSED if for_good else DeliveryOutcome.POSTPONED, f"smtp_{answer.code}")
