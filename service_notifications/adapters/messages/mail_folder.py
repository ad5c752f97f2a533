"""A mail transport into a folder: each mail is a complete .eml file with the id of its message as name.

The file is written under another name and renamed, so a reader never sees half a file. Writing a file again does no
harm. Files are not synced to the disk: the row in the database keeps the words, so a power cut may cost copies of
mails, never a message.
"""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from service_notifications.adapters.messages.mail_format import MailSender, UnsafeMail, mail_bytes
from service_notifications.application.messages.mail_transport import HANDED_OVER, DeliveryOutcome, DeliveryReceipt
from service_notifications.domain.messages.outgoing_mail import OutgoingMail

AT_ONCE: Final = 64
"""How many mails one thread writes, one after the other, while the event loop goes on."""


class FolderTransport:
    """Mails into a folder. While a thread writes, further mails wait; the next thread writes all of them."""

    at_once = AT_ONCE

    def __init__(self, folder: Path, sender: MailSender) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._sender = sender
        self._waiting: list[tuple[OutgoingMail, asyncio.Future[DeliveryReceipt]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def deliver(self, mail: OutgoingMail) -> DeliveryReceipt:
        answer: asyncio.Future[DeliveryReceipt] = asyncio.get_running_loop().create_future()
        self._waiting.append((mail, answer))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_waiting())
        return await answer

    async def close(self) -> None:
        """Nothing is held."""

    async def _write_waiting(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            receipts = await asyncio.to_thread(self._write_each, [mail for mail, _ in batch])
            for (_, answer), receipt in zip(batch, receipts, strict=True):
                if not answer.done():
                    answer.set_result(receipt)

    def _write_each(self, mails: Sequence[OutgoingMail]) -> Sequence[DeliveryReceipt]:
        return [self._write(mail) for mail in mails]

    def _write(self, mail: OutgoingMail) -> DeliveryReceipt:
        aside = self._folder / f".{mail.message_id}.{os.getpid()}"
        try:
            content = mail_bytes(mail, self._sender)
            with aside.open("wb", buffering=0) as file:
                file.write(content)
            aside.replace(self._folder / f"{mail.message_id}.eml")
        except UnsafeMail:
            return DeliveryReceipt(DeliveryOutcome.REFUSED, "unsafe_letter")
        except OSError:
            return DeliveryReceipt(DeliveryOutcome.POSTPONED, "folder_away")
        return HANDED_OVER
