"""From an event to a letter: once per fact and person, only after it is true, nothing lost on the way."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from service_notifications.adapters.messages.renderer_jinja import JinjaRenderer
from service_notifications.adapters.tables import common, metadata
from service_notifications.application.messages import delivery, notification
from service_notifications.application.messages.delivery import LONGEST_WAIT_BEFORE_HAND_OVER
from service_notifications.application.messages.mail_transport import DeliveryOutcome, DeliveryReceipt
from service_notifications.domain.messages.content import RefundShare
from service_notifications.domain.messages.message import LEASE, RETRY_PAUSES, Result, Status
from shared.contracts import events
from shared.contracts.envelope import Origin
from shared.database.retrying import attempt
from shared.database.work import Outcome, Work
from shared.kernel.errors import Unavailable
from shared.kernel.money import Money
from shared.runtime.clock import new_id
from tests.support.notifications import (
    AGENT,
    START,
    FakeClock,
    FakeTransport,
    ReturnEvents,
    RunningNotifications,
    signature,
)
from tests.support.waiting import eventually

ACCEPTED, FAILED = events.UnitResult.ACCEPTED, events.UnitResult.FAILED


@pytest.fixture
async def url(engines: Any) -> str:
    made: str = await engines.make(metadata, common, word="notifications")
    return made


@pytest.fixture
async def post(url: str, tmp_path: Path) -> AsyncIterator[RunningNotifications]:
    async with RunningNotifications.open(url, tmp_path / "mail") as running:
        yield running


async def test_the_same_event_three_times_is_one_message_and_one_letter(
    post: RunningNotifications, tmp_path: Path
) -> None:
    """L02, I-25."""
    story = ReturnEvents()
    await post.contact(story.customer_id)
    requested, approved = story.requested(), story.approved()
    await post.bring(requested, approved)
    await post.bring(approved, approved)
    (message,) = await post.until(story.return_id, Status.SENT)
    assert [path.name for path in (tmp_path / "mail").glob("*.eml")] == [f"{message.id}.eml"]
    letter = message_from_bytes((tmp_path / "mail" / f"{message.id}.eml").read_bytes())
    assert letter["To"] == "Li Na <li.na@customers.example>"
    (told,) = await post.published("message.sent.v1", 1)
    assert (told.subject, told.correlationid, told.sequence) == (message.id, story.return_id, 1)
    assert (told.actor, told.source) == ("service:notifications", "/retour/notifications")
    assert told.data["tells"] == story.return_id


async def test_two_events_of_one_fact_at_the_same_moment_are_one_message(post: RunningNotifications) -> None:
    """L02: the database says it, whatever two transactions have read."""
    story = ReturnEvents()
    await post.bring(story.requested(), story.approved())

    async def settle() -> None:
        await attempt(
            lambda: post.service.api.state.units.begin(Origin("service:tests")),
            lambda uow: notification.settled(
                uow,
                story.return_id,
                notification.MessageContext(new_id("msg"), START, JinjaRenderer(signature())),
                refund_id=story.refund_id,
                amount=Money(100, "EUR"),
                shares=(RefundShare("card", Money(100, "EUR"), None),),
                settled_at=START,
            ),
            post.database.committer,
        )

    await asyncio.gather(*(settle() for _ in range(8)))
    assert [m.kind for m in await post.messages(story.return_id)] == ["return_approved", "refund_settled"]


async def test_nobody_says_refunded_before_the_provider_has_paid(post: RunningNotifications) -> None:
    """L03, I03: opened, doubted and failed refunds tell the customer nothing."""
    story = ReturnEvents()
    await post.contact(story.customer_id)
    await post.bring(story.requested(), story.approved())
    await post.bring(*(story.refund(kind) for kind in (events.RefundOpened, events.RefundDoubted)))
    (approved,) = await post.until(story.return_id, Status.SENT)
    assert approved.kind == "return_approved"
    await post.bring(story.refund(events.RefundSettled))
    _, settled = await post.until(story.return_id, Status.SENT, count=2)
    assert (settled.kind, settled.tells) == ("refund_settled", story.refund_id)
    other = ReturnEvents()
    await post.bring(other.requested(), other.refund(events.RefundOpened), other.refund(events.RefundFailed))
    assert await post.messages(other.return_id) == []


async def test_a_message_waits_for_a_contact_and_leaves_when_it_comes(post: RunningNotifications) -> None:
    story = ReturnEvents()
    await post.bring(story.requested(), story.approved())
    (waiting,) = await post.until(story.return_id, Status.WAITING_FOR_CONTACT)
    assert waiting.attempts == ()
    await post.contact(story.customer_id, email=None)
    await post.contact(story.customer_id, language="zh-CN")
    (sent,) = await post.until(story.return_id, Status.SENT)
    assert sent.language == "zh-CN"
    shown = (await post.call(AGENT, "GET", f"/v1/messages/{sent.id}")).json()
    assert shown["said_at"] == shown["attempts"][0]["began_at"] > shown["created_at"]


async def test_every_receipt_and_every_look_is_a_fact_of_its_own(post: RunningNotifications) -> None:
    """F02, R4.3, R4.5: two parcels, one unit that failed, a person's decision."""
    story = ReturnEvents()
    await post.contact(story.customer_id)
    await post.bring(story.requested(), story.approved())
    await post.bring(story.received(1))
    await post.until(story.return_id, Status.SENT, count=2)
    await post.bring(story.received(2, receipt="rcp_2"))
    await post.bring(story.looked_at(u1=ACCEPTED), story.looked_at(u2=FAILED))
    await post.bring(story.decided(u2=events.UnitDecision.REFUSE))
    found = await post.until(story.return_id, Status.SENT, count=5)
    assert [message.kind for message in found] == [
        "return_approved",
        "goods_received",
        "goods_received",
        "inspection_held",
        "inspection_decided",
    ]


async def test_news_of_the_dock_before_the_approval_waits_for_it(post: RunningNotifications) -> None:
    story = ReturnEvents()
    await post.contact(story.customer_id)
    await post.bring(story.received(1, 2))
    (parked,) = await post.parked()
    assert parked["reason"] == "not_yet"
    await post.bring(story.requested(), story.approved())
    await post.until(story.return_id, Status.SENT, count=2)
    assert await post.parked() == []


async def test_an_approval_without_one_of_its_six_facts_is_a_dead_letter_and_no_message(
    post: RunningNotifications,
) -> None:
    """C06, L06."""
    story = ReturnEvents()
    await post.bring(story.requested(), story.approved(carriers=()))
    (parked,) = await post.parked()
    assert (parked["state"], parked["reason"]) == ("dead", "rule:fact_missing")
    assert await post.messages(story.return_id) == []


async def test_a_process_that_dies_between_commits_sends_at_most_one_copy_more(url: str, tmp_path: Path) -> None:
    """I-25: the attempt is committed before the letter leaves, and the copy has the same id and the same bytes."""
    story, clock = ReturnEvents(), FakeClock()
    dying = FakeTransport(outcomes=[asyncio.Event()])
    async with RunningNotifications.open(url, tmp_path, mail=dying, clock=clock) as post:
        await post.contact(story.customer_id)
        await post.bring(story.requested(), story.approved())
        await post.until(story.return_id, Status.SENDING)
        await eventually(lambda: _true(dying.mails))
    living = FakeTransport()
    async with RunningNotifications.open(url, tmp_path, mail=living, clock=clock) as post:
        (message,) = await post.messages(story.return_id)
        assert (message.status, message.attempts[0].result) == (Status.SENDING, None)
        assert living.mails == []
        clock.offset += LEASE + timedelta(seconds=1)
        (message,) = await post.until(story.return_id, Status.SENT)
    assert [attempt.result for attempt in message.attempts] == [Result.LOST, Result.SENT]
    assert dying.mails == living.mails


async def test_a_letter_that_could_not_be_noted_leaves_once_more_with_the_same_name(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I-25: the database is away for longer than we try; a mail server sees that the copy is one."""
    monkeypatch.setattr("service_notifications.entrypoints.messages.delivery_job.RECORD_PAUSES", (0.0,) * 2)
    story, clock, line = ReturnEvents(), FakeClock(), asyncio.Event()
    mail = FakeTransport(outcomes=[line])
    async with RunningNotifications.open(url, tmp_path, mail=mail, clock=clock) as post:
        await post.contact(story.customer_id)
        await post.bring(story.requested(), story.approved())
        await post.until(story.return_id, Status.SENDING)
        await eventually(lambda: _true(mail.mails))
        committer, refused = post.database.committer, []

        async def away(work: Work) -> Outcome:
            refused.append(work)
            raise Unavailable("database")

        with monkeypatch.context() as outage:
            outage.setattr(committer, "commit", away)
            line.set()
            await eventually(lambda: _true(len(refused) >= 3))
        clock.offset += LEASE + timedelta(seconds=1)
        (message,) = await post.until(story.return_id, Status.SENT)
    assert [attempt.result for attempt in message.attempts] == [Result.LOST, Result.SENT]
    first, again = mail.mails
    assert first == again


async def test_an_attempt_that_is_under_way_or_done_is_not_begun_again(url: str, tmp_path: Path) -> None:
    """I-25: whoever asks, and however often."""
    story, line = ReturnEvents(), asyncio.Event()
    mail = FakeTransport(outcomes=[line])
    async with RunningNotifications.open(url, tmp_path, mail=mail) as post:
        await post.contact(story.customer_id)
        await post.bring(story.requested(), story.approved())
        (message,) = await post.until(story.return_id, Status.SENDING)

        async def begin() -> None:
            await attempt(
                lambda: post.service.api.state.units.begin(Origin("service:tests")),
                lambda uow: delivery.begin(uow, message.id, JinjaRenderer(signature()), at=post.clock()),
                post.database.committer,
            )

        await begin()
        assert len((await post.messages(story.return_id))[0].attempts) == 1
        line.set()
        await post.until(story.return_id, Status.SENT)
        await begin()
        (message,) = await post.messages(story.return_id)
        assert [attempt.result for attempt in message.attempts] == [Result.SENT]
        assert len(mail.mails) == 1


async def test_a_letter_that_waited_too_long_is_left_to_the_next_attempt(url: str, tmp_path: Path) -> None:
    """I-25: its lease might end while it is on the line."""
    story, clock, line = ReturnEvents(), FakeClock(), asyncio.Event()
    mail = FakeTransport(outcomes=[line], at_once=1)
    other = ReturnEvents()
    async with RunningNotifications.open(url, tmp_path, mail=mail, clock=clock) as post:
        for each in (story, other):
            await post.contact(each.customer_id)
        await post.bring(story.requested(), story.approved())
        await post.until(story.return_id, Status.SENDING)
        await post.bring(other.requested(), other.approved())
        await post.until(other.return_id, Status.SENDING)
        clock.offset += LONGEST_WAIT_BEFORE_HAND_OVER + timedelta(seconds=1)
        line.set()
        await post.until(story.return_id, Status.SENT)
        clock.offset += LEASE
        (message,) = await post.until(other.return_id, Status.SENT)
        assert [attempt.result for attempt in message.attempts] == [Result.LOST, Result.SENT]
        assert len(mail.mails) == 2


async def test_more_than_can_be_carried_is_left_to_the_round(url: str, tmp_path: Path) -> None:
    """L04: nothing waits in memory without end, and nothing is forgotten."""
    line = asyncio.Event()
    mail = FakeTransport(outcomes=[line], at_once=1)
    stories = [ReturnEvents() for _ in range(5)]
    async with RunningNotifications.open(url, tmp_path, mail=mail) as post:
        for story in stories:
            await post.contact(story.customer_id)
            await post.bring(story.requested(), story.approved())
        line.set()
        for story in stories:
            await post.until(story.return_id, Status.SENT)
        assert len(mail.mails) == len(stories)


async def test_weather_at_the_mail_server_is_tried_again_and_a_no_is_final(url: str, tmp_path: Path) -> None:
    """L04."""
    story, clock = ReturnEvents(), FakeClock()
    mail = FakeTransport(
        outcomes=[
            DeliveryReceipt(DeliveryOutcome.POSTPONED, "smtp_451"),
            DeliveryReceipt(DeliveryOutcome.REFUSED, "smtp_550"),
        ]
    )
    async with RunningNotifications.open(url, tmp_path, mail=mail, clock=clock) as post:
        await post.contact(story.customer_id)
        await post.bring(story.requested(), story.approved())

        async def postponed() -> bool:
            (found,) = await post.messages(story.return_id)
            return found.code == "smtp_451"

        await eventually(postponed)
        clock.offset += RETRY_PAUSES[0] + timedelta(seconds=1)
        (message,) = await post.until(story.return_id, Status.FAILED)
        assert [attempt.code for attempt in message.attempts] == ["smtp_451", "smtp_550"]
        (told,) = await post.published("message.failed.v1", 1)
        assert told.data["code"] == "smtp_550"
        assert "customers.example" not in told.encode()


async def _true(found: Any) -> Any:
    return found
