"""What a person does about a message, and how the messages of one return wait for each other (Z20, Z30)."""

from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from service_notifications.adapters.messages.renderer_jinja import JinjaRenderer
from service_notifications.application.messages import handling, return_line
from service_notifications.application.messages.handling import NotInTheFuture
from service_notifications.domain.contacts.contact import Contact
from service_notifications.domain.messages.content import MessageKind
from service_notifications.domain.messages.message import (
    Message,
    MessageEnding,
    MessageToldOtherwise,
    OtherChannel,
    Status,
)
from shared.kernel.errors import IllegalMove
from tests.support.keeping import Kept
from tests.support.notifications import SAMPLES, START, a_message, signature
from tests.unit.notifications.post import House

SOON, LATER = START + timedelta(seconds=10), START + timedelta(hours=1)
BEHIND: Final = timedelta(seconds=5)
RENDERER: Final = JinjaRenderer(signature())
ADDRESS: Final = "li.na@customers.example"
UNSENT: Final = {Status.FAILED, Status.QUEUED}


class Waking(House):
    """Notes whether the job of deliveries was woken; `busy`: nothing more can be handed over now."""

    woken: int = 0
    busy: bool = False

    def wake_job(self) -> None:
        self.woken += 1

    def may_hand_over_now(self) -> bool:
        return not self.busy


def a_house(*messages: Message, email: str | None = ADDRESS) -> Waking:
    house = Waking(messages=Kept({each.id: each for each in messages}))
    house.contacts.add(Contact(id="cus-1", language="en", name="Li Na", email=email))
    return house


def in_line(*due: datetime | None, **but: Any) -> list[Message]:
    """Messages of one return in this order, about facts that overtake none of the others."""
    return [
        a_message(id=f"msg_{number}", fact=f"refund_settled:{number}", place=number, due_at=moment, **but)
        for number, moment in enumerate(due, 1)
    ]


@pytest.mark.parametrize(
    ("due", "may_begin", "begun"),
    [(START, True, True), (START, False, False), (SOON, True, False), (None, True, False), (SOON, False, False)],
)
async def test_a_message_begins_when_it_is_due_and_may_begin(
    due: datetime | None, may_begin: bool, begun: bool
) -> None:
    """L04: not before its time, and not while too much is being handed over."""
    [message] = line = in_line(due)
    house = a_house(message)
    await return_line.advance(house, line, RENDERER, at=START, may_begin=may_begin)
    assert (message.status, len(house.kept)) == ((Status.SENDING, 1) if begun else (Status.QUEUED, 0))
    if begun:
        mail, at = house.kept[0]
        assert (mail.message_id, mail.to_address, mail.to_name, at) == ("msg_1", ADDRESS, "Li Na", START)
        assert (mail.written_at, mail.began_at, mail.tried_before_at) == (START, START, START)


async def test_the_others_wait_behind_the_first_one_a_moment_longer_than_it() -> None:
    """Z30: one message of a return is on the way at a time; one that has begun already is left alone."""
    first, second, third = line = in_line(SOON, START, LATER)
    third.begin(language="en", at=START)
    lease = third.due_at
    await return_line.advance(a_house(*line), line, RENDERER, at=START)
    assert (first.status, first.due_at, first.followed) == (Status.QUEUED, SOON, True)
    assert (second.status, second.due_at, second.resume_at) == (Status.QUEUED, SOON + BEHIND, START)
    assert (third.status, third.due_at, third.followed) == (Status.SENDING, lease, False)


async def test_a_message_that_looks_late_enough_is_not_moved_again() -> None:
    first, second = line = in_line(SOON, SOON + BEHIND)
    second.events.clear()
    await return_line.advance(a_house(*line), line, RENDERER, at=START)
    assert first.followed
    assert (second.resume_at, second.events) == (None, [])


async def test_a_message_that_waited_behind_another_is_due_when_it_was_by_itself() -> None:
    """Z30: the first one has left; the next one leaves in the same transaction."""
    first, second = line = in_line(START, START)
    await return_line.advance(a_house(*line), line, RENDERER, at=START)
    assert second.resume_at == START
    first.succeed(at=START)
    house = a_house(*line)
    await return_line.come_further(house, first, RENDERER, at=START)
    waits_until: Any = second.resume_at
    assert (second.status, waits_until) == (Status.SENDING, None)


@pytest.mark.parametrize(
    ("followed", "busy", "begun"), [(True, False, True), (False, False, False), (True, True, False)]
)
async def test_only_who_is_followed_lets_others_go(followed: bool, busy: bool, begun: bool) -> None:
    first, second = line = in_line(None, START)
    first.followed, first.status = followed, Status.SENT
    house = a_house(*line)
    house.busy = busy
    await return_line.come_further(house, first, RENDERER, at=START)
    assert (second.status is Status.SENDING) is begun


@pytest.mark.parametrize("email", [ADDRESS, None])
async def test_a_message_without_an_address_waits_and_holds_up_nobody(email: str | None) -> None:
    """Z20: while there is none, the next one is tried for itself; with one, both leave in order."""
    first, second = line = in_line(None, START)
    first.status = Status.WAITING_FOR_CONTACT
    await return_line.advance(a_house(*line, email=email), line, RENDERER, at=START)
    expected = (Status.SENDING, Status.QUEUED) if email else (Status.WAITING_FOR_CONTACT, Status.WAITING_FOR_CONTACT)
    assert (first.status, second.status) == expected
    assert first.followed is bool(email)


async def test_a_line_without_an_open_message_is_left_as_it_is() -> None:
    sent, failed = line = in_line(None, None)
    sent.status, failed.status = Status.SENT, Status.FAILED
    await return_line.advance(Waking(), line, RENDERER, at=START)
    assert (sent.events, failed.events) == ([], [])


async def test_no_further_receipt_is_waited_for_when_something_follows() -> None:
    """Z30: a receipt collects others for a while, unless another kind of message waits behind it."""
    for follower, begun in ((MessageKind.REFUND_SETTLED, True), (MessageKind.GOODS_RECEIVED, False)):
        receipt, later = line = in_line(LATER, START)
        receipt.content, later.content = SAMPLES[MessageKind.GOODS_RECEIVED], SAMPLES[follower]
        await return_line.advance(a_house(*line), line, RENDERER, at=START)
        assert (receipt.status is Status.SENDING) is begun, follower


async def test_the_line_of_a_return_is_in_order_and_what_has_its_end_is_only_read() -> None:
    """Z30: the line has its own messages, by their places."""
    one, two, three = in_line(None, None, None)
    one.status = Status.SENT
    other = a_message(id="msg_9", return_id="ret_02")
    house = a_house(three, two, one, other)
    house.messages.refusals["msg_1"] = IllegalMove("load", Status.SENT)
    assert await return_line.line_of(house, "ret_01") == [one, two, three]


@pytest.mark.parametrize("status", Status)
async def test_a_message_is_sent_again_from_where_it_may(status: Status) -> None:
    """Z20: now, with as many tries as a new one; many are sent by the job, which is woken for them."""
    [one] = in_line(LATER, status=status, tries=3)
    house = a_house(one)
    if status in UNSENT:
        assert await handling.send_again(house, "msg_1", RENDERER, at=START) is one
        assert (one.status, one.tries) == (Status.SENDING, 0)
    else:
        with pytest.raises(IllegalMove):
            await handling.send_again(house, "msg_1", RENDERER, at=START)
    many = in_line(LATER, LATER, tries=3)
    many[1].status = status
    house = a_house(*many)
    done = await handling.send_many_again(house, ["msg_1", "msg_2"], more=status is Status.SENT, at=START)
    again = ["msg_1", "msg_2"] if status in UNSENT else ["msg_1"]
    assert (done.count, done.message_ids, done.more) == (len(again), again, status is Status.SENT)
    assert (many[0].status, many[0].due_at, many[0].tries) == (Status.QUEUED, START, 0)
    assert (house.woken, house.kept) == (1, [])


async def test_nobody_is_woken_for_nothing() -> None:
    [sent] = in_line(None, status=Status.SENT)
    house = a_house(sent)
    done = await handling.send_many_again(house, ["msg_1"], more=False, at=START)
    assert (done.count, done.message_ids, done.more, house.woken) == (0, [], False, 0)


async def test_many_are_sent_again_without_what_cannot_begin_now() -> None:
    [waiting] = in_line(LATER, status=Status.FAILED)
    house = a_house(waiting)
    house.busy = True
    await handling.send_again(house, "msg_1", RENDERER, at=START)
    assert (waiting.status, waiting.due_at) == (Status.QUEUED, START)


@pytest.mark.parametrize(
    ("told_at", "kept"), [(None, SOON), (START, START), (SOON, SOON), (SOON + timedelta(microseconds=1), None)]
)
async def test_a_person_has_told_the_customer_and_not_in_the_future(
    told_at: datetime | None, kept: datetime | None
) -> None:
    """Z20: at the moment that is told, or now; what waited behind the message goes."""
    first, second = line = in_line(START, START)
    first.status, first.followed = Status.FAILED, True
    house = a_house(*line)

    async def tell() -> Message:
        return await handling.tell_otherwise(
            house,
            "msg_1",
            RENDERER,
            channel=OtherChannel.TELEPHONE,
            told_at=told_at,
            note="She knows.",
            by="staff:a",
            at=SOON,
        )

    if kept is None:
        with pytest.raises(NotInTheFuture) as refused:
            await tell()
        assert refused.value.pointer == "/told_at"
        assert (first.status, second.status) == (Status.FAILED, Status.QUEUED)
        return
    assert await tell() is first
    assert first.status is Status.TOLD_OTHERWISE
    assert first.ending == MessageEnding(at=kept, by="staff:a", why="She knows.", channel=OtherChannel.TELEPHONE)
    assert first.events == [MessageToldOtherwise()]
    assert second.status is Status.SENDING


async def test_a_message_that_nobody_needs_is_discarded_and_lets_the_next_one_go() -> None:
    """Z20."""
    first, second = line = in_line(START, START)
    first.followed = True
    discarded = await handling.discard(a_house(*line), "msg_1", RENDERER, reason="twice", by="staff:a", at=SOON)
    assert discarded is first
    assert (first.status, first.ending) == (Status.DISCARDED, MessageEnding(at=SOON, by="staff:a", why="twice"))
    assert second.status is Status.SENDING


async def test_what_a_later_fact_has_made_untrue_does_not_leave() -> None:
    """Z30: it names the message that tells the later fact."""
    referred, approved = line = in_line(LATER, START)
    referred.content = SAMPLES[MessageKind.RETURN_REFERRED]
    approved.content = SAMPLES[MessageKind.RETURN_APPROVED]
    await return_line.advance(a_house(*line), line, RENDERER, at=START)
    assert referred.status is Status.SUPERSEDED
    assert referred.ending == MessageEnding(at=START, by="service:notifications", overtaken_by="msg_2")
    assert approved.status is Status.SENDING
