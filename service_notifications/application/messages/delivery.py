"""A message's way to its person: an attempt is committed, handed over outside any transaction, recorded (L04, I-25).

A fact that is told for the first time begins in the very transaction that learns of it; what waited, was postponed or
was lost begins in one of its own.
"""

from datetime import datetime, timedelta
from typing import Final

from service_notifications.application.messages.mail_transport import DeliveryOutcome, DeliveryReceipt, OutgoingMail
from service_notifications.application.messages.message_renderer import CannotBeRendered, MessageRenderer
from service_notifications.application.ports import UnitOfWork
from service_notifications.domain.messages.message import LEASE, Message, Status

LONGEST_WAIT_BEFORE_HAND_OVER: Final = timedelta(seconds=5)
"""A mail that has waited longer is not handed over: its lease could end meanwhile. Another attempt begins."""


async def begin(uow: UnitOfWork, message_id: str, words: MessageRenderer, *, at: datetime) -> None:
    """Begin another attempt, if it is due."""
    message = await uow.messages.get(message_id)
    if message.due(at):
        await begin_attempt(uow, message, words, at=at)


async def begin_attempt(uow: UnitOfWork, message: Message, words: MessageRenderer, *, at: datetime) -> None:
    """Begin an attempt and keep what it will say; wait when nobody knows how to reach her."""
    contact = await uow.contacts.find(message.customer_id)
    if contact is None or contact.email is None:
        if message.status is Status.QUEUED:
            message.wait()
        elif message.status is Status.SENDING:
            message.postpone(code="no_contact", at=at)
        return
    try:
        said = words.say(message, contact)
    except CannotBeRendered as error:
        message.fail(code=error.code, at=at)
        return
    message.begin(language=contact.language, at=at)
    letter = OutgoingMail(
        message_id=message.id,
        return_id=message.return_id,
        kind=message.kind,
        language=contact.language,
        to_name=contact.name,
        to_address=contact.email,
        written_at=message.created_at,
        words=said,
        began_at=at,
    )
    uow.keep_letter(letter, at)


def may_be_handed_over(letter: OutgoingMail, *, at: datetime) -> bool:
    """Whether its attempt has long enough left to be handed over in."""
    return at <= letter.began_at + min(LONGEST_WAIT_BEFORE_HAND_OVER, LEASE)


async def record(uow: UnitOfWork, message_id: str, receipt: DeliveryReceipt, *, at: datetime) -> None:
    """Write down what became of the attempt. A message that another process has already settled stays as it is."""
    message = await uow.messages.get(message_id)
    if message.status is not Status.SENDING:
        return
    code = receipt.code or "no_reason_given"
    match receipt.arrival:
        case DeliveryOutcome.TAKEN:
            message.succeed(at=at)
        case DeliveryOutcome.LATER:
            message.postpone(code=code, at=at)
        case DeliveryOutcome.NEVER:
            message.fail(code=code, at=at)
