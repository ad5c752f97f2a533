"""`Mail` into a folder: each letter a complete .eml file, named by its message.

A file is written aside and renamed, so a reader never sees half of one, and writing it again is harmless. Nothing is
synced to the disk: the row is the truth, it keeps the words, and a power cut may cost copies of letters, not letters.
"""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from service_notifications.adapters.messages.mail_format import MailSender, UnsafeMail, mail_bytes
from service_notifications.application.messages.mail_transport import (
    TAKEN,
    DeliveryOutcome,
    DeliveryReceipt,
    OutgoingMail,
)

AT_ONCE: Final = 64
"""Letters a thread writes one after the other while the event loop does something else."""


class FolderTransport:
    """See `Mail`. What waits while a thread writes is written by the next one, all of it."""

    at_once = AT_ONCE

    def __init__(self, folder: Path, sender: MailSender) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._sender = sender
        self._waiting: list[tuple[OutgoingMail, asyncio.Future[DeliveryReceipt]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def deliver(self, letter: OutgoingMail) -> DeliveryReceipt:
        """See `Mail.deliver`."""
        answer: asyncio.Future[DeliveryReceipt] = asyncio.get_running_loop().create_future()
        self._waiting.append((letter, answer))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_waiting())
        return await answer

    async def close(self) -> None:
        """Nothing is held."""

    async def _write_waiting(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            receipts = await asyncio.to_thread(self._write_each, [letter for letter, _ in batch])
            for (_, answer), receipt in zip(batch, receipts, strict=True):
                if not answer.done():
                    answer.set_result(receipt)

    def _write_each(self, letters: Sequence[OutgoingMail]) -> Sequence[DeliveryReceipt]:
        return [self._write(letter) for letter in letters]

    def _write(self, letter: OutgoingMail) -> DeliveryReceipt:
        aside = self._folder / f".{letter.message_id}.{os.getpid()}"
        try:
            content = mail_bytes(letter, self._sender)
            with aside.open("wb", buffering=0) as file:
                file.write(content)
            aside.replace(self._folder / f"{letter.message_id}.eml")
        except UnsafeMail:
            return DeliveryReceipt(DeliveryOutcome.NEVER, "unsafe_letter")
        except OSError:
            return DeliveryReceipt(DeliveryOutcome.LATER, "folder_away")
        return TAKEN
