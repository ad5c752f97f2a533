"""`Mail` into a folder: each letter a complete .eml file, named by its message, and a .json beside it for the console.

A file is written aside and renamed, so a reader never sees half of one, and writing it again is harmless. Nothing is
synced to the disk: the row is the truth, it keeps the words, and a power cut may cost copies of letters, not letters.
"""

import asyncio
import os
from pathlib import Path
from typing import Final

from pydantic_core import to_json

from service_notifications.adapters.mail_bytes import Sender, UnsafeLetter, clean, message_id, write
from service_notifications.application.ports import TAKEN, Arrival, Letter, Receipt

AT_ONCE: Final = 64
"""Letters a thread writes one after the other while the event loop does something else."""


class OutboxMail:
    """See `Mail`."""

    at_once = AT_ONCE

    def __init__(self, folder: Path, sender: Sender) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._sender = sender

    async def deliver(self, letter: Letter) -> Receipt:
        """See `Mail.deliver`."""
        return await asyncio.to_thread(self._write, letter)

    async def close(self) -> None:
        """Nothing is held."""

    def _write(self, letter: Letter) -> Receipt:
        try:
            self._put(f"{letter.message_id}.eml", write(letter, self._sender))
            self._put(f"{letter.message_id}.json", self._card(letter))
        except UnsafeLetter:
            return Receipt(Arrival.NEVER, "unsafe_letter")
        except OSError:
            return Receipt(Arrival.LATER, "folder_away")
        return TAKEN

    def _card(self, letter: Letter) -> bytes:
        """What a list of letters shows of one."""
        return to_json(
            {
                "message_id": letter.message_id,
                "mail_id": message_id(letter.message_id, self._sender),
                "return_id": letter.return_id,
                "kind": letter.kind,
                "language": letter.language,
                "to": letter.to_address,
                "subject": clean(letter.words.subject),
                "written_at": letter.written_at,
            }
        )

    def _put(self, name: str, content: bytes) -> None:
        aside = self._folder / f".{name}.{os.getpid()}"
        aside.write_bytes(content)
        aside.replace(self._folder / name)
