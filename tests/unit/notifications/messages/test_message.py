"""A message's moves: the whole table, allowed and forbidden; its attempts; how often it is tried."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from service_notifications.domain.messages.message import (
    LEASE,
    MOST_ATTEMPTS,
    MOVES,
    OUTAGE_PAUSES,
    RETRY_PAUSES,
    DeliveryAttempt,
    Message,
    MessageChanged,
    MessageDropped,
    MessageEnding,
    MessageFailed,
    MessageSent,
    MessageToldOtherwise,
    OtherChannel,
    Result,
    Status,
)
from shared.kernel.errors import IllegalMove
from tests.support.notifications import START, a_message

ASK: dict[str, Callable[[Message], object]] = {
    "wait": lambda message: message.wait(),
    "begin": lambda message: message.begin(language="en", at=START),
    "succeed": lambda message: message.succeed(at=START),
    "postpone": lambda message: message.postpone(code="smtp_451", at=START),
    "fail": lambda message: message.fail(code="smtp_550", at=START),
    "hold": lambda message: message.hold(until=START),
    "send_again": lambda message: message.send_again(at=START),
    "tell_otherwise": lambda message: message.tell_otherwise(OtherChannel.TELEPHONE, by="me", why="told", at=START),
    "supersede": lambda message: message.supersede("msg_2", by="service:notifications", at=START),
    "discard": lambda message: message.discard(by="me", why="not needed", at=START),
}


@pytest.mark.parametrize("verb", MOVES)
@pytest.mark.parametrize("status", Status)
def test_a_verb_works_from_its_sources_and_nowhere_else(verb: str, status: Status) -> None:
    subject = a_message(status=status, attempts=(DeliveryAttempt(1, START),))
    sources, target = MOVES[verb]
    if status in sources:
        ASK[verb](subject)
        assert subject.status is target
        assert len(subject.events) == 1
    else:
        with pytest.raises(IllegalMove):
            ASK[verb](subject)
        assert (subject.status, subject.events) == (status, [])


def test_an_attempt_is_numbered_and_its_end_is_written_down() -> None:
    """L04."""
    message = a_message()
    assert message.begin(language="zh-CN", at=START) == 1
    assert (message.language, message.due_at) == ("zh-CN", START + LEASE)
    message.succeed(at=START + timedelta(seconds=1))
    assert message.attempts == (DeliveryAttempt(1, START, START + timedelta(seconds=1), Result.SENT),)
    assert (message.sent_at, message.due_at) == (START + timedelta(seconds=1), None)
    assert message.events == [MessageChanged(), MessageSent()]


def test_an_attempt_that_was_never_heard_of_again_is_lost_after_its_lease() -> None:
    """I-25."""
    message = a_message()
    message.begin(language="en", at=START)
    assert not message.due(START + LEASE - timedelta(seconds=1))
    assert message.due(START + LEASE)
    assert message.begin(language="en", at=START + LEASE) == 2
    assert [attempt.result for attempt in message.attempts] == [Result.LOST, None]


def test_the_pauses_grow_and_then_the_message_has_failed() -> None:
    message = a_message()
    for pause in RETRY_PAUSES:
        message.begin(language="en", at=START)
        message.postpone(code="smtp_away", at=START)
        assert (message.status, message.due_at) == (Status.QUEUED, START + pause)
    assert list(RETRY_PAUSES) == sorted(RETRY_PAUSES)
    message.begin(language="en", at=START)
    message.postpone(code="smtp_away", at=START)
    assert (message.status, message.events[-1]) == (Status.FAILED, MessageFailed("smtp_away"))


def test_a_pause_counts_from_the_attempt_and_not_from_the_birth_of_the_message() -> None:
    """L04: it waited two days for a contact, and each attempt took a while."""
    message = a_message(created_at=START, due_at=START)
    began = START + timedelta(days=2)
    for number, pause in enumerate(RETRY_PAUSES, 1):
        message.begin(language="en", at=began)
        assert message.due_at == began + LEASE
        ended = began + timedelta(seconds=7)
        message.postpone(code=f"smtp_{number}", at=ended)
        assert (message.due_at, message.code) == (ended + pause, f"smtp_{number}")
        assert message.attempts[-1] == DeliveryAttempt(number, began, ended, Result.POSTPONED, f"smtp_{number}")
        assert not message.due(ended + pause - timedelta(seconds=1))
        began = ended + pause
    message.begin(language="en", at=began)
    message.succeed(at=began + timedelta(seconds=1))
    assert (message.sent_at, message.code, message.due_at) == (began + timedelta(seconds=1), None, None)
    assert message.created_at == START


def test_z20_an_outage_is_not_counted_against_a_message_and_does_not_end_it() -> None:
    """A server that accepts nothing from anybody for three weeks; then the message has all its own tries left."""
    message, moment = a_message(), START
    pauses = []
    for _ in range(1000):
        message.begin(language="en", at=moment)
        message.postpone(code="smtp_554", at=moment, outage=True)
        assert message.due_at is not None
        pauses.append(message.due_at - moment)
        moment = message.due_at
    assert (message.status, message.tries) == (Status.QUEUED, 0)
    assert tuple(pauses[: len(OUTAGE_PAUSES)]) == OUTAGE_PAUSES
    assert set(pauses[len(OUTAGE_PAUSES) :]) == {OUTAGE_PAUSES[-1]}
    assert len(message.attempts) == MOST_ATTEMPTS
    assert (message.attempts[0].number, message.attempts[-1].number) == (1, 1000)
    for _ in RETRY_PAUSES:
        message.begin(language="en", at=moment)
        message.postpone(code="smtp_451", at=moment)
    assert message.status is Status.QUEUED


def test_z20_a_message_that_is_sent_again_has_all_its_tries() -> None:
    """Whoever sends it again knows what has changed since."""
    message = a_message()
    for _ in range(len(RETRY_PAUSES) + 1):
        message.begin(language="en", at=START)
        message.postpone(code="smtp_451", at=START)
    assert message.settled is False
    message.send_again(at=START + LEASE)
    assert (message.due_at, message.tries) == (START + LEASE, 0)
    for _ in RETRY_PAUSES:
        message.begin(language="en", at=START)
        message.postpone(code="smtp_451", at=START)
    assert message.status is Status.QUEUED


def test_z20_what_ends_without_being_sent_says_who_why_and_how() -> None:
    """And is not tried any more."""
    told, discarded, overtaken = a_message(), a_message(), a_message()
    told.tell_otherwise(OtherChannel.TELEPHONE, by="staff:a", why="she wrote it down", at=START)
    discarded.discard(by="staff:b", why="a test order", at=START)
    overtaken.supersede("msg_9", by="service:notifications", at=START)
    assert told.ending == MessageEnding(at=START, by="staff:a", why="she wrote it down", channel=OtherChannel.TELEPHONE)
    assert discarded.ending == MessageEnding(at=START, by="staff:b", why="a test order")
    assert overtaken.ending == MessageEnding(at=START, by="service:notifications", overtaken_by="msg_9")
    for message in (told, discarded, overtaken):
        assert (message.due_at, message.settled, message.idle) == (None, True, False)
    assert told.events == [MessageToldOtherwise()]
    assert discarded.events == overtaken.events == [MessageDropped()]


def test_z30_a_message_that_is_let_go_is_due_when_it_would_have_been_by_itself() -> None:
    """Waiting behind another one moves nothing but the moment at which it looks again."""
    subject = a_message(due_at=START)
    subject.hold(until=START + LEASE)
    assert not subject.due(START)
    subject.hold(until=START + 2 * LEASE)
    assert subject.due_at == START + 2 * LEASE
    subject.events.clear()
    subject.let_go()
    assert (subject.due(START), subject.resume_at) == (True, None)
    assert [type(event) for event in subject.events] == [MessageChanged]
    subject.let_go()
    assert len(subject.events) == 1


def test_z30_a_pause_of_its_own_goes_on_when_a_message_is_let_go() -> None:
    subject = a_message()
    subject.begin(language="en", at=START)
    subject.postpone(code="smtp_451", at=START)
    subject.hold(until=START + timedelta(days=1))
    subject.let_go()
    assert subject.due_at == START + RETRY_PAUSES[0]


def test_z30_who_had_no_address_is_due_from_the_beginning() -> None:
    subject = a_message(status=Status.WAITING_FOR_CONTACT, due_at=None)
    subject.hold(until=subject.created_at + LEASE)
    subject.let_go()
    assert subject.due_at == subject.created_at


@pytest.mark.parametrize("verb", ["begin", "fail", "send_again", "discard", "supersede", "tell_otherwise"])
def test_z30_what_happens_to_a_message_ends_its_waiting_behind_another(verb: str) -> None:
    subject = a_message(due_at=START)
    subject.hold(until=START + LEASE)
    ASK[verb](subject)
    assert subject.resume_at is None
