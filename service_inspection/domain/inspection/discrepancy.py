"""What a count does not explain: goods that nobody announced, looks without a piece, money without a result.

Goods stay in quarantine, without effect on money, until a person decides (F03). A question about a count or about money
waits for a person as well (Z01).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from shared.kernel.errors import IllegalMove, Malformed, Said


class DiscrepancyKind(StrEnum):
    """What is wrong with the goods."""

    OVER = "over"
    """More pieces than were announced."""
    UNEXPECTED = "unexpected"
    """An article that is not part of the return."""
    CANCELLED = "cancelled"
    """The customer had said she keeps it, and sent it all the same."""
    LOOKS = "looks"
    """More pieces were inspected than the dock has counted (Z01)."""
    MONEY = "money"
    """A unit was accepted, and a correction says that it is not: its refund may be open or paid (Z01)."""


class DiscrepancyState(StrEnum):
    """Whether somebody has seen to it."""

    OPEN = "open"
    KEPT = "kept"
    """The goods are kept until their owner is found, or until the time for it is over."""
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"
    """A later post has answered the question; nobody has to decide."""


class Resolution(StrEnum):
    """What becomes of the goods, or what the answer to the question is."""

    RETURNED_TO_CUSTOMER = "returned_to_customer"
    KEPT_FOR_MATCH = "kept_for_match"
    DISPOSED = "disposed"
    MATCHED_TO_RETURN = "matched_to_return"
    """The pieces belong to another return, and count there from the moment when they arrived."""
    ACCEPTED_AS_RETURN = "accepted_as_return"
    """The customer had cancelled and sent the goods all the same. The return goes on with them."""
    LOOKED_AGAIN = "looked_again"
    """The pieces had been inspected before. Nothing more has arrived."""
    ARRIVED = "arrived"
    """The dock missed the pieces. They are here, and their results count."""
    REFUND_STOPPED = "refund_stopped"
    MONEY_RECOVERED = "money_recovered"
    MONEY_WAIVED = "money_waived"
    """The merchant does not ask for the money again."""


_GOODS: Final = frozenset(
    {
        Resolution.RETURNED_TO_CUSTOMER,
        Resolution.KEPT_FOR_MATCH,
        Resolution.DISPOSED,
        Resolution.MATCHED_TO_RETURN,
    }
)
ANSWERS: Final[Mapping[DiscrepancyKind, frozenset[Resolution]]] = {
    DiscrepancyKind.OVER: _GOODS,
    DiscrepancyKind.UNEXPECTED: _GOODS,
    DiscrepancyKind.CANCELLED: _GOODS | {Resolution.ACCEPTED_AS_RETURN},
    DiscrepancyKind.LOOKS: frozenset({Resolution.LOOKED_AGAIN, Resolution.ARRIVED}),
    DiscrepancyKind.MONEY: frozenset({Resolution.REFUND_STOPPED, Resolution.MONEY_RECOVERED, Resolution.MONEY_WAIVED}),
}
"""The answers to each kind of question."""

MOVES: Final[Mapping[str, tuple[frozenset[DiscrepancyState], DiscrepancyState]]] = {
    # verb        from                                                           to
    "resolve":  (frozenset({DiscrepancyState.OPEN, DiscrepancyState.KEPT}),      DiscrepancyState.RESOLVED),
    "keep":     (frozenset({DiscrepancyState.OPEN}),                             DiscrepancyState.KEPT),
    "reopen":   (frozenset({DiscrepancyState.RESOLVED, DiscrepancyState.KEPT}),  DiscrepancyState.OPEN),
    "withdraw": (frozenset({DiscrepancyState.OPEN}),                             DiscrepancyState.WITHDRAWN),
}  # fmt: skip


class AnswerDoesNotFit(Malformed):
    """The outcome answers another kind of question."""

    code = "answer_does_not_fit"
    title = Said("This outcome does not fit", "处理结果不适用")
    detail = Said(
        "A discrepancy of kind {kind} ends with one of: {allowed}.", "类型为 {kind} 的差异可选的处理结果：{allowed}。"
    )


@dataclass(frozen=True, slots=True)
class Opened:
    """The discrepancy was found. Its inspection publishes it."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A person has decided, has taken the decision back, or a later post has made the question void."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a person says about a discrepancy. `note` is for colleagues, `reason` for the customer.

    `keep_until`: how long goods are kept whose owner is not found. `return_id`: the return that the goods belong to.
    """

    outcome: Resolution
    note: str
    keep_until: datetime | None = None
    reason: str | None = None
    tracking_number: str | None = None
    return_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerAnswer:
    """An answer that was taken back, with both reasons. It stays on record."""

    outcome: Resolution
    note: str
    resolved_by: str
    resolved_at: datetime
    taken_back_by: str
    taken_back_at: datetime
    reason: str


@dataclass(slots=True, kw_only=True)
class Discrepancy:
    """Pieces of one article from one post. `scan_id` is the post that raised the question."""

    id: str
    return_id: str
    scan_id: str
    warehouse: str
    kind: DiscrepancyKind
    sku: str
    quantity: int
    opened_at: datetime
    answer_by: datetime | None = None
    """By when a person answers, or finds the owner of goods that are kept. Rows from before 0.4 have none."""
    state: DiscrepancyState = DiscrepancyState.OPEN
    outcome: Resolution | None = None
    note: str | None = None
    resolved_by: str | None = None
    resolved_at: datetime | None = None
    reason: str | None = None
    """Why, for the customer to read; the note is for colleagues."""
    tracking_number: str | None = None
    """The parcel in which the goods go back."""
    matched_return: str | None = None
    matched_receipt: str | None = None
    """The return that the goods belong to, and the receipt by which they count there."""
    former: tuple[FormerAnswer, ...] = ()
    """Answers that were taken back, the oldest first."""
    version: int = 0
    sequence: int = 0
    events: list[object] = field(default_factory=list, repr=False, compare=False)

    def resolve(self, answer: Answer, *, by: str, at: datetime) -> None:
        """Decide what happens to the goods, or answer the question, once. `IllegalMove`, `AnswerDoesNotFit`."""
        allowed = ANSWERS[self.kind]
        if answer.outcome not in allowed:
            raise AnswerDoesNotFit(pointer="/outcome", kind=self.kind.value, allowed=", ".join(sorted(allowed)))
        keeps = answer.outcome is Resolution.KEPT_FOR_MATCH
        self._move("keep" if keeps else "resolve")
        self.outcome, self.note, self.resolved_by, self.resolved_at = answer.outcome, answer.note, by, at
        self.reason, self.tracking_number = answer.reason, answer.tracking_number
        self.matched_return = answer.return_id
        self.answer_by = answer.keep_until if keeps else None

    def reopen(self, reason: str, *, by: str, at: datetime, answer_by: datetime) -> Resolution:
        """Take the answer back; the former answer, which stays on record. `IllegalMove`."""
        self._move("reopen")
        outcome, note, who, when = self.outcome, self.note, self.resolved_by, self.resolved_at
        assert outcome is not None and note is not None and who is not None and when is not None  # noqa: S101, PT018
        self.former = (
            *self.former,
            FormerAnswer(
                outcome=outcome,
                note=note,
                resolved_by=who,
                resolved_at=when,
                taken_back_by=by,
                taken_back_at=at,
                reason=reason,
            ),
        )
        self.outcome = self.note = self.resolved_by = self.resolved_at = None
        self.reason = self.tracking_number = self.matched_return = self.matched_receipt = None
        self.answer_by = answer_by
        return outcome

    def withdraw(self, *, at: datetime) -> None:
        """A later post has answered the question. `IllegalMove`."""
        self._move("withdraw")
        self.resolved_at, self.answer_by = at, None

    def _move(self, verb: str) -> None:
        sources, target = MOVES[verb]
        if self.state not in sources:
            raise IllegalMove(verb, self.state, frozenset(map(str, sources)))
        self.state = target
        self.events.append(Resolved())
