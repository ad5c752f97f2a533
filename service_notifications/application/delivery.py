"""A message's way to its person in three commits: begin, hand over outside any transaction, record (L04, I-25)."""

from datetime import datetime

from service_notifications.application.ports import Arrival, CannotBeSaid, Letter, Receipt, UnitOfWork, Words
from service_notifications.domain.message import Status


async def begin(uow: UnitOfWork, message_id: str, words: Words, *, at: datetime) -> Letter | None:
    """Begin an attempt and keep what it will say; nothing when it is not due or nobody knows how to reach her."""
    message = await uow.messages.get(message_id)
    if not message.due(at):
        return None
    contact = await uow.contacts.find(message.customer_id)
    if contact is None or contact.email is None:
        if message.status is Status.QUEUED:
            message.wait()
        elif message.status is Status.SENDING:
            message.postpone(code="no_contact", at=at)
        return None
    try:
        said = words.say(message, contact)
    except CannotBeSaid as error:
        message.fail(code=error.code, at=at)
        return None
    message.begin(language=contact.language, at=at)
    letter = Letter(
        message.id,
        message.return_id,
        message.kind,
        contact.language,
        contact.name,
        contact.email,
        message.created_at,
        said,
    )
    uow.keep_letter(letter, at)
    return letter


async def record(uow: UnitOfWork, message_id: str, receipt: Receipt, *, at: datetime) -> None:
    """Write down what became of the attempt. A message that another process has already settled stays as it is."""
    message = await uow.messages.get(message_id)
    if message.status is not Status.SENDING:
        return
    code = receipt.code or "no_reason_given"
    match receipt.arrival:
        case Arrival.TAKEN:
            message.succeed(at=at)
        case Arrival.LATER:
            message.postpone(code=code, at=at)
        case Arrival.NEVER:
            message.fail(code=code, at=at)
