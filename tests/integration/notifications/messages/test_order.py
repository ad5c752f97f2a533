"""The messages of one return leave in order; receipts within minutes are one message (Z30, L10)."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from service_notifications.adapters.tables import common, metadata
from service_notifications.application.messages.mail_transport import DeliveryOutcome, DeliveryReceipt
from service_notifications.domain.messages.content import GoodsReceived, MessageItem
from service_notifications.domain.messages.message import RETRY_PAUSES, Status
from shared.contracts import events
from shared.runtime.clock import now
from tests.support.notifications import FakeClock, FakeTransport, ReturnEvents, RunningNotifications
from tests.support.waiting import eventually

LATER = DeliveryReceipt(DeliveryOutcome.POSTPONED, "smtp_450")
NO_MAILBOX = DeliveryReceipt(DeliveryOutcome.REFUSED, "smtp_550")
PAUSE = 120


@pytest.fixture
async def url(engines: Any) -> str:
    made: str = await engines.make(metadata, common, word="notifications")
    return made


async def wake(post: RunningNotifications, by: timedelta) -> None:
    post.clock.offset += by
    post.service.api.state.units.outgoing.due.set()


async def test_z30_what_was_approved_and_then_cancelled_is_not_told_as_approved(url: str, tmp_path: Path) -> None:
    """L10: the server says 450 to the approval, the customer cancels, the server recovers: one letter, and a note."""
    story, mail = ReturnEvents(), FakeTransport(outcomes=[LATER])
    async with RunningNotifications.open(url, tmp_path, mail=mail, clock=FakeClock()) as post:
        await post.contact(story.customer_id)
        await post.bring(story.requested(), story.approved())

        async def postponed() -> bool:
            (found,) = await post.messages(story.return_id)
            return found.code == "smtp_450"

        await eventually(postponed)
        await post.bring(story.cancelled())
        await post.until(story.return_id, Status.SENT)
        await wake(post, RETRY_PAUSES[1])
        approved, cancelled = await post.messages(story.return_id)
        assert (approved.status, cancelled.status) == (Status.SUPERSEDED, Status.SENT)
        assert approved.ending is not None
        assert approved.ending.overtaken_by == cancelled.id
        assert [each.kind for each in mail.mails] == ["return_approved", "return_cancelled"]
        (dropped,) = await post.published("message.dropped.v1", 1)
        assert (dropped.data["cause"], dropped.data["overtaken_by"]) == ("overtaken", cancelled.id)


async def test_z30_a_letter_that_is_on_the_line_lets_the_next_one_wait_and_then_go(url: str, tmp_path: Path) -> None:
    """Each leaves with the record of the one before it, not a lease later: the clock stands still."""
    story, line = ReturnEvents(), asyncio.Event()
    mail = FakeTransport(outcomes=[line])
    async with RunningNotifications.open(url, tmp_path, mail=mail, clock=FakeClock()) as post:
        await post.contact(story.customer_id)
        post.clock.stop()
        decided = {"u1": events.UnitDecision.ACCEPT}
        await post.bring(story.requested(), story.approved())
        await post.until(story.return_id, Status.SENDING)
        await post.bring(story.received(1, 2), story.refund(events.RefundSettled), story.decided(**decided))
        first, *others = await post.messages(story.return_id)
        assert (first.status, first.followed) == (Status.SENDING, True)
        assert [each.status for each in others] == [Status.QUEUED] * 3
        line.set()
        await post.until(story.return_id, Status.SENT, count=4)
        line_up = sorted(await post.messages(story.return_id), key=lambda each: each.place or 0)
        assert [each.message_id for each in mail.mails] == [each.id for each in line_up]


async def test_z30_two_letters_that_one_event_gives_rise_to_get_places_of_their_own(url: str, tmp_path: Path) -> None:
    """Z01: a correction says that one piece is not here and that the other has not passed: two letters, in order."""
    story, mail = ReturnEvents(), FakeTransport()
    async with RunningNotifications.open(url, tmp_path, mail=mail, clock=FakeClock()) as post:
        await post.contact(story.customer_id)
        await post.bring(story.requested(), story.approved(), story.received(1, 2))
        await post.until(story.return_id, Status.SENT, count=2)
        standings = {"u1": events.UnitStanding.EXPECTED, "u2": events.UnitStanding.FAILED}
        corrected = events.InspectionCorrected(
            return_id=story.return_id,
            cause="rcp_2",
            customer_id=story.customer_id,
            language="en",
            units=tuple(
                events.CorrectedUnit(unit_id=f"{story.return_id}-{unit}", line_id="L1", standing=standing)
                for unit, standing in standings.items()
            ),
            complete=False,
            corrected_at=now(),
        )
        await post.bring(story.event(corrected))
        found = await post.until(story.return_id, Status.SENT, count=4)
        assert sorted(each.place or 0 for each in found) == [1, 2, 3, 4]
        assert [each.kind for each in mail.mails][2:] == ["inspection_corrected", "inspection_held"]


async def test_z30_a_letter_that_has_failed_holds_nobody_back(url: str, tmp_path: Path) -> None:
    """Nor does one that was discarded; the rule has an end."""
    story, mail = ReturnEvents(), FakeTransport(outcomes=[NO_MAILBOX])
    async with RunningNotifications.open(url, tmp_path, mail=mail, clock=FakeClock()) as post:
        await post.contact(story.customer_id)
        await post.bring(story.requested(), story.approved())
        await post.until(story.return_id, Status.FAILED)
        await post.bring(story.received(1), story.refund(events.RefundSettled))
        found = await post.until(story.return_id, Status.SENT, count=2)
        assert [message.status for message in found] == [Status.FAILED, Status.SENT, Status.SENT]


async def test_z30_facts_of_one_return_that_come_at_the_same_moment_get_places_of_their_own(
    url: str, tmp_path: Path
) -> None:
    """Whatever two transactions have read; each letter leaves once."""
    story, mail = ReturnEvents(), FakeTransport()
    async with RunningNotifications.open(url, tmp_path, mail=mail, clock=FakeClock()) as post:
        await post.contact(story.customer_id)
        await post.bring(story.requested(), story.approved())
        await asyncio.gather(
            post.bring(story.received(1, 2)),
            post.bring(story.refund(events.RefundSettled)),
            post.bring(story.lapsed()),
        )

        async def over() -> bool:
            return all(message.settled for message in await post.messages(story.return_id))

        await eventually(over)
        kept = await post.messages(story.return_id)
        assert sorted(message.place or 0 for message in kept) == [1, 2, 3, 4]
        assert len({each.message_id for each in mail.mails}) == len(mail.mails)


async def test_z30_receipts_within_minutes_are_one_message(url: str, tmp_path: Path) -> None:
    """L10: pieces add up; the same receipt again adds nothing; with the last piece nobody waits any longer."""
    story, mail = ReturnEvents(), FakeTransport()
    async with RunningNotifications.open(url, tmp_path, mail=mail, clock=FakeClock(), collecting=PAUSE) as post:
        await post.contact(story.customer_id)
        await post.bring(story.requested(), story.approved())
        first = story.received(1)
        await post.bring(first, first)
        _, waiting = await post.until(story.return_id, Status.QUEUED)
        assert waiting.due_at is not None
        await post.bring(story.received(2, receipt="rcp_2"))
        again = story.received(1, 2, receipt="rcp_3")
        await post.until(story.return_id, Status.SENT)
        _, message = await post.messages(story.return_id)
        assert isinstance(message.content, GoodsReceived)
        assert (message.content.items, message.content.complete) == ((MessageItem("Scarf", 2),), False)
        assert message.collected == ("goods_received:rcp_2",)
        assert message.units == (f"{story.return_id}-u1", f"{story.return_id}-u2")
        await post.bring(again)
        _, message = await post.until(story.return_id, Status.SENT, count=2)
        assert isinstance(message.content, GoodsReceived)
        assert (message.content.items, message.content.complete) == ((MessageItem("Scarf", 2),), True)
        assert [each.kind for each in mail.mails] == ["return_approved", "goods_received"]


async def test_z30_the_pause_has_an_end_and_another_letter_ends_it(url: str, tmp_path: Path) -> None:
    """Receipts that come again and again keep nobody waiting for ever."""
    slow, quick, mail = ReturnEvents(), ReturnEvents(), FakeTransport()
    async with RunningNotifications.open(url, tmp_path, mail=mail, clock=FakeClock(), collecting=PAUSE) as post:
        for story in (slow, quick):
            await post.contact(story.customer_id)
            await post.bring(story.requested(), story.approved())
        for number in range(8):
            await post.bring(slow.received(1, receipt=f"rcp_slow_{number}"))
            await wake(post, timedelta(seconds=PAUSE - 20))
        await post.until(slow.return_id, Status.SENT, count=2)
        await post.bring(quick.received(1, receipt="rcp_quick"))
        await post.until(quick.return_id, Status.QUEUED)
        await post.bring(quick.refund(events.RefundSettled))
        found = await post.until(quick.return_id, Status.SENT, count=3)
        assert [message.kind for message in found] == ["return_approved", "goods_received", "refund_settled"]
        own = [each.kind for each in mail.mails if each.return_id == quick.return_id]
        assert own == ["return_approved", "goods_received", "refund_settled"]
