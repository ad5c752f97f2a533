"""The delivery of a message: an attempt is committed, the mail is handed over outside any transaction, and the outcome
is recorded (L04, I-25).

The first attempt begins in the transaction that queues the message, if no earlier message of the return is on its way.
Another attempt, after a wait, a postponement or a loss, begins in a transaction of its own.
"""

from datetime import datetime, timedelta
from typing import Final

from service_notifications.application.messages.mail_transport import DeliveryOutcome, DeliveryReceipt
from service_notifications.application.messages.message_renderer import MessageRenderer
from service_notifications.application.messages.return_line import advance, come_further, line_of
from service_notifications.application.ports import UnitOfWork
from service_notifications.domain.messages.message import CANNOT_BE_SAID, LEASE, Status
from service_notifications.domain.messages.outgoing_mail import OutgoingMail

LONGEST_WAIT_BEFORE_HAND_OVER: Final = timedelta(seconds=5)
"""A mail that has waited longer is not handed over, because its lease could end meanwhile. Another attempt begins."""


async def begin(uow: UnitOfWork, message_id: str, renderer: MessageRenderer, *, at: datetime) -> None:
    """Begin another attempt if the message is due, and nothing earlier of its return is on its way.

    A message that has failed is due when the customer has another address than the one that was tried (Z20).
    """
    message = await uow.messages.get(message_id)
    if message.settled:
        return
    line = await line_of(uow, message.return_id)
    if message.status is Status.FAILED:
        for each in line:
            if each.status is Status.FAILED and each.code != CANNOT_BE_SAID:
                each.send_again(at=at)
    elif not message.due(at):
        return
    await advance(uow, line, renderer, at=at)


def may_be_handed_over(mail: OutgoingMail, *, at: datetime) -> bool:
    """Whether enough of the attempt's lease is left to hand the mail over."""
    return at <= mail.began_at + min(LONGEST_WAIT_BEFORE_HAND_OVER, LEASE)


async def record(
    uow: UnitOfWork,
    message_id: str,
    receipt: DeliveryReceipt,
    renderer: MessageRenderer,
    *,
    at: datetime,
    outage: bool = False,
) -> None:
    """Record the outcome of an attempt. A message that another process has settled already stays unchanged.

    In an `outage` the mail server has accepted nothing from anybody since the attempt before this one.
    """
    message = await uow.messages.get(message_id)
    if message.status is not Status.SENDING:
        return
    code = receipt.code or "no_reason_given"
    match receipt.outcome:
        case DeliveryOutcome.HANDED_OVER:
            message.succeed(at=at)
        case DeliveryOutcome.POSTPONED:
            message.postpone(code=code, at=at, outage=outage)
        case DeliveryOutcome.REFUSED:
            message.fail(code=code, at=at)
    await come_further(uow, message, renderer, at=at)
