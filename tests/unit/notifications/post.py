"""The unit of work of the letters over dictionaries, and what the jobs need besides it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from service_notifications.domain.contacts.contact import Contact
from service_notifications.domain.messages.known_return import KnownReturn
from service_notifications.domain.messages.message import Message
from service_notifications.domain.messages.outgoing_mail import OutgoingMail
from shared.contracts.envelope import Origin
from shared.database.work import Work
from tests.support.keeping import Committer, Kept


@dataclass
class House:
    """Contacts, messages, known returns; `kept` are the letters with the moment at which they were said."""

    contacts: Kept[Contact] = field(default_factory=Kept)
    messages: Kept[Message] = field(default_factory=Kept)
    returns: dict[str, KnownReturn] = field(default_factory=dict)
    kept: list[tuple[OutgoingMail, datetime]] = field(default_factory=list)
    committer: Committer = field(default_factory=Committer)
    parts: Sequence[Any] = ()

    async def messages_of_return(self, return_id: str) -> Sequence[Message]:
        return [each for each in self.messages.known.values() if each.return_id == return_id]

    async def known_return(self, return_id: str) -> KnownReturn | None:
        return self.returns.get(return_id)

    def keep_known_return(self, known: KnownReturn) -> None:
        self.returns[known.id] = known

    def may_hand_over_now(self) -> bool:
        return True

    def wake_job(self) -> None:
        """Nothing sleeps."""

    def keep_words(self, letter: OutgoingMail, at: datetime) -> None:
        self.kept.append((letter, at))

    def begin(self, _: Origin) -> "House":
        return self

    def collect(self) -> Work:
        return Work()
