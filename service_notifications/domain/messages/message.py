"""A message: one fact told to one person by one channel, and its delivery (L01 to L04, I-25).

            begin                  sent
    queued ───────────▶ sending ───────────▶ sent
      │  ▲                 │ │
 wait │  └── postpone ─────┘ └─── fail ────▶ failed ── send again ──▶ queued
      ▼
    waiting_for_contact ── begin ──▶ sending

What is queued, waits or has failed can end without being sent: a person has told the customer otherwise, a later fact
has overtaken it, or a person says that nobody needs it any more (Z20, Z30).

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
    TOLD_OTHERWISE = "told_otherwise"
    """A person has told the customer the same by another channel."""
    SUPERSEDED = "superseded"
    """A later fact came before the message had left, so that it is not true any more (Z30)."""
    DISCARDED = "discarded"
    """A person has said that nobody needs the message any more."""


class Channel(StrEnum):
    """How it travels."""

    EMAIL = "email"


class OtherChannel(StrEnum):
    """How a person has told the customer."""

    TELEPHONE = "telephone"
    POST = "post"
    CHAT = "chat"
    IN_PERSON = "in_person"


_IDLE: Final = frozenset({Status.QUEUED, Status.WAITING_FOR_CONTACT, Status.FAILED})
"""Nothing is on the line and nothing has been told."""
_OPEN: Final = frozenset({Status.QUEUED, Status.WAITING_FOR_CONTACT, Status.SENDING})
"""The message is still to leave by itself."""

MOVES: Final[Mapping[str, tuple[frozenset[Status], Status]]] = {
    # verb            from                                                               to
    "wait":           (frozenset({Status.QUEUED}),                                       Status.WAITING_FOR_CONTACT),
    "hold":           (frozenset({Status.QUEUED, Status.WAITING_FOR_CONTACT}),           Status.QUEUED),
    "begin":          (_OPEN,                                                            Status.SENDING),
    "succeed":        (frozenset({Status.SENDING}),                                      Status.SENT),
    "postpone":       (frozenset({Status.SENDING}),                                      Status.QUEUED),
    "fail":           (_OPEN,                                                            Status.FAILED),
    "send_again":     (frozenset({Status.QUEUED, Status.FAILED}),                        Status.QUEUED),
    "tell_otherwise": (_IDLE,                                                            Status.TOLD_OTHERWISE),
    "supersede":      (_IDLE,                                                            Status.SUPERSEDED),
    "discard":        (_IDLE,                                                            Status.DISCARDED),
}  # fmt: skip

LEASE: Final = timedelta(seconds=30)
"""An attempt without a record for this long counts as lost. Delivering takes less, or is stopped."""

RETRY_PAUSES: Final = tuple(timedelta(seconds=seconds) for seconds in (30, 120, 600, 1800, 7200, 21600, 43200))
"""The pause after each attempt that may succeed later. After the last pause the message has failed."""

OUTAGE_PAUSES: Final = tuple(timedelta(seconds=seconds) for seconds in (30, 120, 600, 1800))
"""The pauses while the mail server accepts nothing from anybody. The last one repeats until the outage is over."""

MOST_ATTEMPTS: Final = 40
"""How many attempts are kept on record. In a long outage the oldest ones after the first leave."""

CANNOT_BE_SAID: Final = "cannot_be_said"
"""The code of a message that no template can put into words. Another address does not help it."""


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
    """The message could not be delivered and needs a person."""

    code: str


@dataclass(frozen=True, slots=True)
class MessageToldOtherwise:
    """A person has told the customer the same by another channel."""


@dataclass(frozen=True, slots=True)
class MessageDropped:
    """The message will not be sent: it was overtaken, or nobody needs it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEnding:
    """How a message ended that was not sent: who says so, when, and why.

    `overtaken_by` is the message that tells the later fact; `channel` is how the customer was told.
    """

    at: datetime
    by: str
    why: str | None = None
    channel: OtherChannel | None = None
    overtaken_by: str | None = None


@dataclass(slots=True, kw_only=True)
class Message:
    """One fact for one person by one channel. `tells` is the return or refund it is about.

    `place` is its number among the messages of the return; `units` are the units that it is about. `followed` says that
    a later message waits behind it. `tries` counts the attempts that failed while other mail went through. `collected`
    are further facts of the same kind that it tells as well. While it waits behind another message, `resume_at` is when
    it is due by itself, and `due_at` is only when it looks again in case nobody lets it go.
    """

    id: str
    fact: str
    tells: str
    return_id: str
    customer_id: str
    language: Language
    content: Content
    created_at: datetime
    place: int | None = None
    units: tuple[str, ...] = ()
    collected: tuple[str, ...] = ()
    channel: Channel = Channel.EMAIL
    status: Status = Status.QUEUED
    due_at: datetime | None = None
    resume_at: datetime | None = None
    sent_at: datetime | None = None
    code: str | None = None
    attempts: tuple[DeliveryAttempt, ...] = ()
    tries: int = 0
    followed: bool = False
    ending: MessageEnding | None = None
    version: int = 0
    sequence: int = 0
    events: list[object] = field(default_factory=list, repr=False, compare=False)

    @property
    def kind(self) -> MessageKind:
        """The kind of fact that the message tells."""
        return MessageKind(self.content.kind)

    @property
    def tried_before_at(self) -> datetime | None:
        """When the attempt before the present one began; of the first attempt, when it began itself."""
        return self.attempts[-2:][0].began_at if self.attempts else None

    @property
    def idle(self) -> bool:
        """Whether nothing is on the line and nothing has been told, so that the message may still be dropped."""
        return self.status in _IDLE

    @property
    def settled(self) -> bool:
        """Whether the message has its end."""
        return self.status not in _IDLE and self.status is not Status.SENDING

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
        place: int | None = None,
        units: tuple[str, ...] = (),
        due_at: datetime | None = None,
    ) -> "Message":
        """A new message to a customer, due at once unless `due_at` says otherwise."""
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
            place=place,
            units=units,
            due_at=due_at or at,
        )
        message.events.append(MessageChanged())
        return message

    def tells_fact(self, fact: str) -> bool:
        """Whether this message tells the fact."""
        return fact == self.fact or fact in self.collected

    def collects(self, at: datetime) -> bool:
        """Whether further facts of the kind may still be added, because its first attempt is not due yet."""
        untouched = self.status is Status.QUEUED and not self.attempts and not self.code
        return untouched and self.due_at is not None and self.due_at > at

    def collect(self, fact: str, content: Content, *, units: tuple[str, ...], due_at: datetime) -> None:
        """Tell another fact of the same kind as well."""
        self.collected += (fact,)
        self.content, self.units = content, self.units + units
        self._is_due(due_at)
        self.events.append(MessageChanged())

    def due(self, at: datetime) -> bool:
        """Whether an attempt may begin now."""
        if self.status is Status.WAITING_FOR_CONTACT:
            return True
        return self.due_at is not None and self.due_at <= at

    def wait(self) -> None:
        """Wait for a contact, because no address of the customer is known."""
        self._move("wait")
        self._is_due(None)
        self.events.append(MessageChanged())

    def hold(self, *, until: datetime) -> None:
        """Wait behind an earlier message of the return. Usually its end comes first, and lets this one go."""
        self._move("hold")
        self.resume_at = self.resume_at or self.due_at or self.created_at
        self.due_at = until
        self.events.append(MessageChanged())

    def let_go(self) -> None:
        """Wait behind no other message any more; it is due when it would have been due by itself."""
        if self.resume_at is not None:
            self._is_due(self.resume_at)
            self.events.append(MessageChanged())

    def lead(self) -> None:
        """Know that a later message waits behind this one."""
        if not self.followed:
            self.followed = True
            self.events.append(MessageChanged())

    def hasten(self, *, at: datetime) -> None:
        """End a pause: the next attempt is due now."""
        self._is_due(at)
        self.events.append(MessageChanged())

    def begin(self, *, language: Language, at: datetime) -> int:
        """Begin an attempt in the customer's language; its number. An attempt that is still open counts as lost."""
        self._move("begin")
        self._end(Result.LOST, at)
        self.language = language
        number = self.attempts[-1].number + 1 if self.attempts else 1
        kept = self.attempts
        if len(kept) >= MOST_ATTEMPTS:
            kept = (kept[0], *kept[2 - MOST_ATTEMPTS :])
        self.attempts = (*kept, DeliveryAttempt(number, at))
        self._is_due(at + LEASE)
        self.events.append(MessageChanged())
        return number

    def succeed(self, *, at: datetime) -> None:
        """The mail server has accepted the message."""
        self._move("succeed")
        self._end(Result.SENT, at)
        self.sent_at, self.due_at, self.code = at, None, None
        self.events.append(MessageSent())

    def postpone(self, *, code: str, at: datetime, outage: bool = False) -> None:
        """Try again after a growing pause. After the last pause the message has failed.

        In an outage the mail server accepts nothing from anybody. That says nothing about this message, so the attempt
        is not counted against it, and the message is tried until the outage is over (Z20).
        """
        if not outage and self.tries >= len(RETRY_PAUSES):
            self.fail(code=code, at=at)
            return
        self._move("postpone")
        self._end(Result.POSTPONED, at, code)
        if outage:
            failed_in_a_row = sum(attempt.result is Result.POSTPONED for attempt in self.attempts)
            pause = OUTAGE_PAUSES[min(failed_in_a_row, len(OUTAGE_PAUSES)) - 1]
        else:
            pause = RETRY_PAUSES[self.tries]
            self.tries += 1
        self.due_at, self.code = at + pause, code
        self.events.append(MessageChanged())

    def fail(self, *, code: str, at: datetime) -> None:
        """The message cannot be delivered."""
        self._move("fail")
        self._end(Result.FAILED, at, code)
        self._is_due(None)
        self.code = code
        self.events.append(MessageFailed(code))

    def send_again(self, *, at: datetime) -> None:
        """Try again now, with as many tries as a new message has (Z20)."""
        self._move("send_again")
        self._is_due(at)
        self.tries = 0
        self.events.append(MessageChanged())

    def tell_otherwise(self, channel: OtherChannel, *, by: str, why: str | None, at: datetime) -> None:
        """A person has told the customer the same (Z20)."""
        self._drop("tell_otherwise", MessageEnding(at=at, by=by, why=why, channel=channel))
        self.events.append(MessageToldOtherwise())

    def supersede(self, overtaken_by: str, *, by: str, at: datetime) -> None:
        """A later fact has made this message untrue before it left (Z30)."""
        self._drop("supersede", MessageEnding(at=at, by=by, overtaken_by=overtaken_by))
        self.events.append(MessageDropped())

    def discard(self, *, by: str, why: str, at: datetime) -> None:
        """Nobody needs this message any more (Z20)."""
        self._drop("discard", MessageEnding(at=at, by=by, why=why))
        self.events.append(MessageDropped())

    def _drop(self, verb: str, ending: MessageEnding) -> None:
        self._move(verb)
        self._is_due(None)
        self.ending = ending

    def _is_due(self, at: datetime | None) -> None:
        """When the next attempt may begin, whatever it waited for before."""
        self.due_at, self.resume_at = at, None

    def _end(self, result: Result, at: datetime, code: str | None = None) -> None:
        if self.attempts and self.attempts[-1].result is None:
            ended = replace(self.attempts[-1], ended_at=at, result=result, code=code)
            self.attempts = (*self.attempts[:-1], ended)

    def _move(self, verb: str) -> None:
        sources, target = MOVES[verb]
        if self.status not in sources:
            raise IllegalMove(verb, self.status, sources)
        self.status = target
