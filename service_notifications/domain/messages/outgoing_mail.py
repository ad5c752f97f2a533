"""A message in words, and the mail that carries these words to the customer."""

from dataclasses import dataclass, field
from datetime import datetime

from shared.kernel.errors import Language


@dataclass(frozen=True, slots=True)
class RenderedMessage:
    """A message in words, as plain text and as HTML. `template` names the wording that was used."""

    subject: str
    text: str
    html: str
    template: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMail:
    """A mail of one attempt. Every attempt of a message has the same id and date; `began_at` is this attempt's."""

    message_id: str
    return_id: str
    kind: str
    language: Language
    to_name: str | None
    to_address: str
    written_at: datetime
    rendered: RenderedMessage
    began_at: datetime = field(compare=False)
    tried_before_at: datetime = field(compare=False)
    """When the attempt before this one began; of the first attempt, when it began itself."""
