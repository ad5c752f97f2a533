"""One attempt to deliver a message: its words are rendered and kept, and the mail leaves after the commit (L04)."""

from datetime import datetime

from service_notifications.application.messages.message_renderer import CannotBeRendered, MessageRenderer
from service_notifications.application.ports import UnitOfWork
from service_notifications.domain.messages.message import Message, Status
from service_notifications.domain.messages.outgoing_mail import OutgoingMail


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
        tried_before_at=message.tried_before_at or at,
    )
    uow.keep_words(mail, at)
