"""A stop waits for letters that are being handed over: one that has left and is not noted leaves once more."""

import asyncio
from datetime import UTC, datetime
from typing import Any, cast

from service_notifications.adapters.messages.outgoing_mail import OutgoingMailQueue
from service_notifications.application.messages.mail_transport import HANDED_OVER, DeliveryReceipt
from service_notifications.domain.messages.outgoing_mail import OutgoingMail, RenderedMessage
from service_notifications.entrypoints.messages.delivery_job import DeliveryJobs
from shared.contracts.envelope import Origin
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

    async def close(self) -> None:
        """Nothing is held."""


class Transactions:
    """Notes in memory how many letters were recorded."""

    noted = 0

    async def run(self, _use_case: Any, _origin: Origin) -> None:
        self.noted += 1


async def test_what_the_server_has_at_the_end_is_noted() -> None:
    """A rolling restart under load tells nobody twice."""
    post, outgoing, transactions = Post(), OutgoingMailQueue(8), Transactions()
    carrying = DeliveryJobs(
        transactions=cast("Any", transactions),
        due=cast("Any", None),
        words=cast("Any", None),
        mail=post,
        outgoing=outgoing,
        lead=cast("Any", None),
        clock=lambda: NOW,
    )
    for n in range(3):
        words = RenderedMessage("s", "t", "h", "v1")
        outgoing.put(
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
                tried_before_at=NOW,
            )
        )
    loops = Loops()
    loops.add("commit", lambda _: asyncio.Future())
    loops.add("carry", carrying.carry_job().run)
    loops.start()
    while len(post.has) < 3:
        await asyncio.sleep(0)
    stopping = asyncio.create_task(loops.stop())
    await asyncio.sleep(0)
    post.says.set()
    async with asyncio.timeout(60):
        await stopping
    assert transactions.noted == 3
