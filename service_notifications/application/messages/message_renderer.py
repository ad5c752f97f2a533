"""The port that puts a message into words."""

from typing import Protocol

from service_notifications.domain.contacts.contact import Contact
from service_notifications.domain.messages.message import Message
from service_notifications.domain.messages.outgoing_mail import RenderedMessage
from shared.kernel.errors import Malformed, Said


class CannotBeRendered(Malformed):
    """A template and the facts of the message do not fit each other."""

    code = "cannot_be_said"
    title = Said("The message cannot be written", "无法生成消息文本")
    detail = Said("The template of {kind} does not fit its facts.", "消息 {kind} 的模板与内容不符。")


class MessageRenderer(Protocol):
    """Puts the facts of a message into words."""

    def render(self, message: Message, contact: Contact | None) -> RenderedMessage:
        """The message in the contact's language and form of address, or in the message's language.
        `CannotBeRendered`.
        """
        ...
