"""A message's moves: the whole table, allowed and forbidden; its attempts; how often it is tried."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from service_notifications.domain.messages.message import (
    LEASE,
    MOVES,
    RETRY_PAUSES,
    DeliveryAttempt,
    Message,
    MessageChanged,
    MessageFailed,
    MessageSent,
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
