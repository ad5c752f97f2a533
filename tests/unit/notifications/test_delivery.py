"""An attempt to deliver: said in her language, dated by its own moment, and no neighbour taken along."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
import structlog.testing

from service_notifications.adapters.messages.outgoing_mail import OutgoingMailQueue
from service_notifications.adapters.messages.renderer_jinja import JinjaRenderer
from service_notifications.application.messages import delivery
from service_notifications.application.messages.attempt import begin_attempt
from service_notifications.application.messages.mail_transport import HANDED_OVER, DeliveryOutcome, DeliveryReceipt
from service_notifications.application.messages.message_renderer import CannotBeRendered
from service_notifications.domain.contacts.contact import Contact
from service_notifications.domain.messages.message import LEASE, RETRY_PAUSES, Message, Result, Status
from service_notifications.domain.messages.outgoing_mail import OutgoingMail, RenderedMessage
from service_notifications.entrypoints.messages import delivery_job
from service_notifications.entrypoints.messages.delivery_job import BATCH, DeliveryJobs
from shared.database.unit_of_work.transactions import Transactions
from shared.kernel.errors import NotFound, Unavailable
from tests.support.notifications import START, FakeTransport, a_mail, a_message, rendered, signature
from tests.support.running_jobs import going_on, until
from tests.unit.notifications.post import House

WORDS = JinjaRenderer(signature())
NOW = START + timedelta(days=2, hours=3)
LI = Contact(id="cus-1", language="zh-CN", name="Li Na", email="li.na@customers.example", form_of_address="李女士")


def a_house(*messages: Message, contact: Contact | None = LI) -> House:
    house = House()
    for message in messages:
        house.messages.add(message)
    if contact is not None:
        house.contacts.add(contact)
    return house


async def test_a_letter_speaks_her_language_and_not_that_of_the_return() -> None:
    """N3.1: she asked in English and reads Chinese; the letter keeps the moment at which the fact was told."""
    message = a_message(language="en", created_at=START)
    house = a_house(message)
    await begin_attempt(house, message, WORDS, at=NOW)
    [(letter, said_at)] = house.kept
    assert (letter.language, message.language) == ("zh-CN", "zh-CN")
    assert letter.rendered.text.startswith("尊敬的李女士，您好！")
    assert letter.rendered.template.startswith("refund_settled/zh-CN/")
    assert (letter.written_at, letter.began_at, said_at) == (START, NOW, NOW)
    assert (letter.to_name, letter.to_address) == ("Li Na", "li.na@customers.example")
    assert (message.status, message.due_at) == (Status.SENDING, NOW + LEASE)


class Speechless:
    """Words for every message but those of one return."""

    def render(self, message: Message, contact: Contact | None) -> RenderedMessage:
        if message.return_id == "ret_bad":
            raise CannotBeRendered(kind=message.kind)
        return rendered("A letter")


async def test_what_cannot_be_said_has_failed_at_once_and_is_not_tried_again() -> None:
    """L06: nobody is sent half a letter."""
    message = a_message(return_id="ret_bad")
    house = a_house(message)
    await delivery.begin(house, message.id, Speechless(), at=NOW)
    assert (message.status, message.code, message.due_at) == (Status.FAILED, "cannot_be_said", None)
    assert house.kept == []


@pytest.mark.parametrize("contact", [None, Contact(id="cus-1", language="en", name="Li Na")])
async def test_without_an_address_a_message_waits_and_one_that_was_lost_on_the_way_is_postponed(
    contact: Contact | None,
) -> None:
    """L04: the address was removed while the letter was on the line."""
    fresh, lost = a_message(return_id="ret_1"), a_message(return_id="ret_2")
    lost.begin(language="en", at=START)
    waits = a_message(return_id="ret_3", status=Status.WAITING_FOR_CONTACT, due_at=None)
    house = a_house(fresh, lost, waits, contact=contact)
    for message in (fresh, lost, waits):
        message.events.clear()
        await delivery.begin(house, message.id, WORDS, at=NOW)
    assert (fresh.status, fresh.due_at) == (Status.WAITING_FOR_CONTACT, None)
    assert (lost.status, lost.code, lost.due_at) == (Status.QUEUED, "no_contact", NOW + RETRY_PAUSES[0])
    assert (waits.status, waits.events) == (Status.WAITING_FOR_CONTACT, [])
    assert house.kept == []


@pytest.mark.parametrize(
    "receipt",
    [
        HANDED_OVER,
        DeliveryReceipt(DeliveryOutcome.POSTPONED, "smtp_451"),
        DeliveryReceipt(DeliveryOutcome.REFUSED, "smtp_550"),
    ],
)
async def test_what_another_process_has_settled_stays_as_it_is(receipt: DeliveryReceipt) -> None:
    """I-25: our attempt was lost, the next one has told her."""
    message = a_message()
    message.begin(language="en", at=START)
    message.succeed(at=START + timedelta(seconds=9))
    message.events.clear()
    await delivery.record(a_house(message), message.id, receipt, WORDS, at=NOW)
    assert (message.status, message.sent_at, message.events) == (Status.SENT, START + timedelta(seconds=9), [])


@dataclass
class Due:
    """Messages that are due, and whoever leads."""

    house: House
    asked: list[int] = field(default_factory=list)

    async def due(self, now: datetime, count: int) -> Sequence[str]:
        assert now == NOW
        self.asked.append(count)
        return sorted({*self.house.messages.known, *self.house.messages.refusals})

    async def readdressed(self, count: int) -> Sequence[str]:
        return ()

    @asynccontextmanager
    async def lead(self, name: str, _beat: Callable[[], None]) -> AsyncIterator["Due"]:
        assert name == "deliver"
        yield self

    async def confirm(self) -> None:
        """Still leading."""


def the_jobs(house: House, due: Due, mail: Any, *begun: OutgoingMail, words: Any = WORDS) -> DeliveryJobs:
    outgoing = OutgoingMailQueue(mail.at_once)
    for each in begun:
        outgoing.put(each)
    return DeliveryJobs(
        transactions=Transactions(cast("Any", house), house.committer),
        due=due,
        words=words,
        mail=mail,
        outgoing=outgoing,
        lead=due.lead,
        clock=lambda: NOW,
    )


def begin(house: House, due: Due, words: Any = WORDS) -> AbstractAsyncContextManager[asyncio.Task[None]]:
    """The job that begins what is due."""
    return going_on(the_jobs(house, due, FakeTransport(), words=words).begin_job().run)


def carry(house: House, mail: FakeTransport, *begun: OutgoingMail) -> AbstractAsyncContextManager[asyncio.Task[None]]:
    """The job that hands over what has begun."""
    return going_on(the_jobs(house, Due(house), mail, *begun).carry_job().run)


async def test_a_message_that_cannot_begin_does_not_keep_the_others_waiting() -> None:
    """L04: all others have begun although the one is done with long before them."""
    good = [a_message(id=f"msg_{n}", return_id=f"ret_{n}") for n in (2, 3)]
    house = a_house(*good)
    house.messages.refusals["msg_1"] = NotFound("message")
    told = house.contacts.find

    async def slowly(key: str) -> Contact | None:
        for _ in range(20):
            await asyncio.sleep(0)
        return await told(key)

    house.contacts.find = slowly  # type: ignore[method-assign]
    due = Due(house)
    with structlog.testing.capture_logs() as logged:
        async with begin(house, due) as task:
            await until(lambda: [message.status for message in good] == [Status.SENDING, Status.SENDING])
            assert not task.done()
    assert [(entry["event"], entry["message"]) for entry in logged] == [("message_not_begun", "msg_1")]
    assert due.asked == [BATCH]


async def test_a_database_that_is_away_is_left_to_the_supervisor_and_everything_begins_after_it() -> None:
    """L04: an outage is no property of a message."""
    messages = [a_message(id=f"msg_{n}", return_id=f"ret_{n}") for n in (1, 2, 3)]
    house = a_house(*messages)
    house.committer.outages = 1
    async with begin(house, Due(house)) as task:
        with pytest.raises(Unavailable):
            await task


async def test_a_letter_without_words_does_not_keep_the_others_waiting() -> None:
    messages = [
        a_message(id="msg_1", return_id="ret_bad"),
        a_message(id="msg_2", return_id="ret_2"),
        a_message(id="msg_3"),
    ]
    house = a_house(*messages)
    async with begin(house, Due(house), Speechless()):
        await until(lambda: Status.QUEUED not in {message.status for message in messages})
    assert [message.status for message in messages] == [Status.FAILED, Status.SENDING, Status.SENDING]


def begun(key: str) -> Message:
    message = a_message(id=key)
    message.begin(language="en", at=NOW)
    return message


async def test_a_letter_that_has_left_is_noted_when_the_database_is_there_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """I-25: nobody else knows that it has left; it is handed over once, and noted as often as it takes."""
    monkeypatch.setattr(delivery_job, "RECORD_PAUSES", (0.0,) * 4)
    message = begun("msg_1")
    house, mail = a_house(message), FakeTransport()
    house.committer.outages = 4
    async with carry(house, mail, a_mail(message_id="msg_1", began_at=NOW)):
        await until(lambda: house.committer.committed)
    assert message.status is Status.SENT
    assert [attempt.result for attempt in message.attempts] == [Result.SENT]
    assert len(mail.mails) == 1


@pytest.mark.parametrize("error", [Unavailable("database"), ValueError("a defect")])
async def test_a_letter_that_goes_wrong_gives_its_place_to_the_next(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """With one place at the mail server and three letters: a fault for good holds up nobody."""
    monkeypatch.setattr(delivery_job, "RECORD_PAUSES", (0.0,))
    house, mail = a_house(begun("msg_2"), begun("msg_3")), FakeTransport(at_once=1)
    house.messages.refusals["msg_1"] = cast("Any", error)
    letters = [a_mail(message_id=key, began_at=NOW) for key in ("msg_1", "msg_2", "msg_3")]
    with structlog.testing.capture_logs() as logged:
        async with carry(house, mail, *letters) as task:
            await until(lambda: house.committer.committed == 2)
            assert not task.done()
    assert [letter.message_id for letter in mail.mails] == ["msg_1", "msg_2", "msg_3"]
    assert [entry["message"] for entry in logged if entry["event"] == "delivery_not_recorded"] == ["msg_1"]
