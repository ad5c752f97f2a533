"""A stop waits for letters that are being handed over: one that has left and is not noted leaves once more."""

import asyncio
from datetime import UTC, datetime
from typing import Any, cast

from service_notifications.application.messages.mail_transport import HANDED_OVER, DeliveryReceipt
from service_notifications.domain.messages.outgoing_mail import OutgoingMail, RenderedMessage
from service_notifications.entrypoints.messages.delivery_job import DeliveryJob
from shared.runtime.loops import Loops

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)


class Post:
    """A server that has a letter at once, and says so when it is let."""

    at_once = 8

    def __init__(self) -> None:
        self.has: list[str] = []
        self.says = asyncio.Event()

    async def deliver(self, letter: OutgoingMail) -> DeliveryReceipt:
        self.has.append(letter.message_id)
        await self.says.wait()
        return HANDED_OVER


class Waiting:
    """Letters that may leave."""

    def __init__(self) -> None:
        self.letters: asyncio.Queue[OutgoingMail] = asyncio.Queue()
        self.left = asyncio.Event()


class Recording(DeliveryJob):
    """Notes in memory what became of letters."""

    noted = 0

    async def _record(self, use_case: Any) -> None:
        self.noted += 1


async def test_what_the_server_has_at_the_end_is_noted() -> None:
    """A rolling restart under load tells nobody twice."""
    post, waiting = Post(), Waiting()
    carrying = Recording(
        cast("Any", None), cast("Any", None), due=cast("Any", None), words=cast("Any", None), mail=cast("Any", post),
        outgoing=cast("Any", waiting), clock=lambda: NOW,
    )  # fmt: skip
    for n in range(3):
        words = RenderedMessage("s", "t", "h", "v1")
        waiting.letters.put_nowait(
            OutgoingMail(
                message_id=f"m{n}",
                return_id="ret",
                kind="k",
                language="en",
                to_name=None,
                to_address="a@customer.example",
                written_at=NOW,
                rendered=words,
                began_at=NOW,
            )
        )
    loops = Loops()
    loops.add("commit", lambda _: asyncio.Future())
    loops.add("carry", carrying.carry)
    loops.start()
    while len(post.has) < 3:
        await asyncio.sleep(0)
    stopping = asyncio.create_task(loops.stop())
    await asyncio.sleep(0)
    post.says.set()
    async with asyncio.timeout(10):
        await stopping
    assert carrying.noted == 3
