"""The delivery of a message: an attempt is committed, the mail is handed over outside any transaction, and the outcome
is recorded (L04, I-25).

The first attempt begins in the transaction that queues the message. Another attempt, after a wait, a postponement or a
loss, begins in a transaction of its own.
"""

from datetime import datetime, timedelta
from typing import Final

from service_notifications.application.messages.mail_transport import DeliveryOutcome, DeliveryReceipt
from service_notifications.application.messages.message_renderer import CannotBeRendered, MessageRenderer
from service_notifications.application.ports import UnitOfWork
from service_notifications.domain.messages.message import LEASE, Message, Status
from service_notifications.domain.messages.outgoing_mail import OutgoingMail

LONGEST_WAIT_BEFORE_HAND_OVER: Final = timedelta(seconds=5)
"""A mail that has waited longer is not handed over, because its lease could end meanwhile. Another attempt begins."""


async def begin(uow: UnitOfWork, message_id: str, renderer: MessageRenderer, *, at: datetime) -> None:
    """Begin another attempt if the message is due."""
    message = await uow.messages.get(message_id)
    if message.due(at):
        await begin_attempt(uow, message, renderer, at=at)


async def begin_attempt(uow: UnitOfWork, message: Message, renderer: MessageRenderer, *, at: datetime) -> None:
    """Begin an attempt and keep its words. Without an address the message waits for a contact."""
    contact = await uow.contacts.find(message.customer_id)
    if contact is None or contact.email is None:
        if message.status is Status.QUEUED:
            message.wait()
        elif message.status is Status.SENDING:
            message.postpone(code="no_contact", at=at)
        return
    try:
        said = renderer.render(message, contact)
    except CannotBeRendered as error:
        message.fail(code=error.code, at=at)
        return
    message.begin(language=contact.language, at=at)
    mail = OutgoingMail(
        message_id=message.id,
        return_id=message.return_id,
        kind=message.kind,
        language=contact.language,
        to_name=contact.name,
        to_address=contact.email,
        written_at=message.created_at,
        rendered=said,
        began_at=at,
    )
    uow.keep_words(mail, at)


def may_be_handed_over(mail: OutgoingMail, *, at: datetime) -> bool:
    """Whether enough of the attempt's lease is left to hand the mail over."""
    return at <= mail.began_at + min(LONGEST_WAIT_BEFORE_HAND_OVER, LEASE)


async def record(uow: UnitOfWork, message_id: str, receipt: DeliveryReceipt, *, at: datetime) -> None:
    """Record the outcome of an attempt. A message that another process has settled already stays unchanged."""
    message = await uow.messages.get(message_id)
    if message.status is not Status.SENDING:
        return
    code = receipt.code or "no_reason_given"
    match receipt.outcome:
        case DeliveryOutcome.HANDED_OVER:
            message.succeed(at=at)
        case DeliveryOutcome.POSTPONED:
            message.postpone(code=code, at=at)
        case DeliveryOutcome.REFUSED:
            message.fail(code=code, at=at)
