"""A message: one fact told to one person by one channel, and its delivery (L01 to L04, I-25).

            begin                  sent
    queued ───────────▶ sending ───────────▶ sent
      │  ▲                 │ │
 wait │  └── postpone ─────┘ └─── fail ────▶ failed
      ▼
    waiting_for_contact ── begin ──▶ sending

Each attempt is committed before the first byte is sent. An attempt without a record (the process died) is repeated
after its lease. Every attempt has the same Message-ID, so that a mail program recognises a second copy.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from service_notifications.domain.messages.content import Content, MessageKind
from shared.kernel.errors import IllegalMove, Language


class Status(StrEnum):
    """Where the message is."""

    QUEUED = "queued"
    WAITING_FOR_CONTACT = "waiting_for_contact"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class Channel(StrEnum):
    """How it travels."""

    EMAIL = "email"


MOVES: Final[Mapping[str, tuple[frozenset[Status], Status]]] = {
    # verb        from                                                                      to
    "wait":     (frozenset({Status.QUEUED}),                                                Status.WAITING_FOR_CONTACT),
    "begin":    (frozenset({Status.QUEUED, Status.WAITING_FOR_CONTACT, Status.SENDING}),    Status.SENDING),
    "succeed":  (frozenset({Status.SENDING}),                                               Status.SENT),
    "postpone": (frozenset({Status.SENDING}),                                               Status.QUEUED),
    "fail":     (frozenset({Status.QUEUED, Status.WAITING_FOR_CONTACT, Status.SENDING}),    Status.FAILED),
}  # fmt: skip

LEASE: Final = timedelta(seconds=30)
"""An attempt without a record for this long counts as lost. Delivering takes less, or is stopped."""

RETRY_PAUSES: Final = tuple(timedelta(seconds=seconds) for seconds in (30, 120, 600, 1800, 7200, 21600, 43200))
"""The pause after each attempt that may succeed later. After the last pause the message has failed."""


class Result(StrEnum):
    """How an attempt ended."""

    SENT = "sent"
    POSTPONED = "postponed"
    FAILED = "failed"
    LOST = "lost"
    """The process ended during the attempt. The mail may have been sent."""


@dataclass(frozen=True, slots=True)
class DeliveryAttempt:
    """One attempt to deliver. `code` is the reason of a failure, never a server's own words, which may
    name the person.
    """

    number: int
    began_at: datetime
    ended_at: datetime | None = None
    result: Result | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class MessageChanged:
    """The message changed in a way that concerns no other service."""


@dataclass(frozen=True, slots=True)
class MessageSent:
    """The mail server has accepted the message."""


@dataclass(frozen=True, slots=True)
class MessageFailed:
    """The message could not be delivered, and a person must look. `code` is the reason."""

    code: str


@dataclass(slots=True, kw_only=True)
class Message:
    """One message. `fact` names the event that it tells; `tells` is the return or refund it is about."""

    id: str
    fact: str
    tells: str
    return_id: str
    customer_id: str
    language: Language
    content: Content
    created_at: datetime
    channel: Channel = Channel.EMAIL
    status: Status = Status.QUEUED
    due_at: datetime | None = None
    sent_at: datetime | None = None
    code: str | None = None
    attempts: tuple[DeliveryAttempt, ...] = ()
    version: int = 0
    sequence: int = 0
    events: list[object] = field(default_factory=list, repr=False, compare=False)

    @property
    def kind(self) -> MessageKind:
        """The kind of fact that the message tells."""
        return MessageKind(self.content.kind)

    @classmethod
    def queue(
        cls,
        *,
        key: str,
        fact: str,
        tells: str,
        return_id: str,
        to: tuple[str, Language],
        content: Content,
        at: datetime,
    ) -> "Message":
        """A new message to a customer, due at once."""
        customer_id, language = to
        message = cls(
            id=key,
            fact=fact,
            tells=tells,
            return_id=return_id,
            customer_id=customer_id,
            language=language,
            content=content,
            created_at=at,
            due_at=at,
        )
        message.events.append(MessageChanged())
        return message

    def due(self, at: datetime) -> bool:
        """Whether an attempt may begin now."""
        if self.status is Status.WAITING_FOR_CONTACT:
            return True
        return self.due_at is not None and self.due_at <= at

    def wait(self) -> None:
        """Wait for a contact, because no address of the customer is known."""
        self._move("wait")
        self.due_at = None
        self.events.append(MessageChanged())

    def begin(self, *, language: Language, at: datetime) -> int:
        """Begin an attempt in the customer's language; its number. An attempt that is still open counts as lost."""
        self._move("begin")
        self._end(Result.LOST, at)
        self.language = language
        self.attempts += (DeliveryAttempt(len(self.attempts) + 1, at),)
        self.due_at = at + LEASE
        self.events.append(MessageChanged())
        return len(self.attempts)

    def succeed(self, *, at: datetime) -> None:
        """The mail server has accepted the message."""
        self._move("succeed")
        self._end(Result.SENT, at)
        self.sent_at, self.due_at, self.code = at, None, None
        self.events.append(MessageSent())

    def postpone(self, *, code: str, at: datetime) -> None:
        """Try again after a growing pause. After the last pause the message has failed."""
        if len(self.attempts) > len(RETRY_PAUSES):
            self.fail(code=code, at=at)
            return
        self._move("postpone")
        self._end(Result.POSTPONED, at, code)
        self.due_at, self.code = at + RETRY_PAUSES[len(self.attempts) - 1], code
        self.events.append(MessageChanged())

    def fail(self, *, code: str, at: datetime) -> None:
        """The message cannot be delivered."""
        self._move("fail")
        self._end(Result.FAILED, at, code)
        self.due_at, self.code = None, code
        self.events.append(MessageFailed(code))

    def _end(self, result: Result, at: datetime, code: str | None = None) -> None:
        if self.attempts and self.attempts[-1].result is None:
            ended = replace(self.attempts[-1], ended_at=at, result=result, code=code)
            self.attempts = (*self.attempts[:-1], ended)

    def _move(self, verb: str) -> None:
        sources, target = MOVES[verb]
        if self.status not in sources:
            raise IllegalMove(verb, self.status, sources)
        self.status = target
