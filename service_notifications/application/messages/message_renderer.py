"""What turns a message into words: the port, and what it gives."""

from dataclasses import dataclass
from typing import Protocol

from service_notifications.domain.contacts.contact import Contact
from service_notifications.domain.messages.message import Message
from shared.kernel.errors import Malformed, Said


@dataclass(frozen=True, slots=True)
class RenderedMessage:
    """A message in words, for a reader of text and for one of HTML. `template` names the wording that was used."""

    subject: str
    text: str
    html: str
    template: str


class CannotBeRendered(Malformed):
    """A template and its facts do not fit each other."""

    code = "cannot_be_said"
    title = Said("The message cannot be written", "无法生成消息文本")
    detail = Said("The template of {kind} does not fit its facts.", "消息 {kind} 的模板与内容不符。")


class MessageRenderer(Protocol):
    """Turns facts into words."""

    def say(self, message: Message, contact: Contact | None) -> RenderedMessage:
        """In the contact's language and with her form of address, else in the message's. `CannotBeRendered`."""
        ...
