"""The words and tables of a return: its statuses, its endings, and from where each verb may start."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final

from service_requests.domain.returns.unit import UnitOutcome, Whereabouts


class ReturnStatus(StrEnum):
    """How far the return has come: the status of its least advanced unfinished unit, or its ending."""

    IN_REVIEW = "in_review"
    APPROVED = "approved"
    SHIPPED = "shipped"
    RECEIVED = "received"
    AWAITING_PERSON = "awaiting_person"
    INSPECTED = "inspected"
    REFUNDING = "refunding"
    REFUNDED = "refunded"
    CLOSED = "closed"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


class Ending(StrEnum):
    """How a return ended."""

    REFUNDED = "refunded"
    PARTLY_REFUNDED = "partly_refunded"
    GOODS_BACK = "goods_back"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


ENDED_WITH_A_REFUND: Final = frozenset({Ending.REFUNDED, Ending.PARTLY_REFUNDED})
"""Endings from which a return goes on when a further refund opens."""


class RefundState(StrEnum):
    """The state of a refund as the service of refunds has reported it."""

    OPENED = "opened"
    DOUBTED = "doubted"
    SETTLED = "settled"
    FAILED = "failed"
    CLOSED = "closed"
    """What was not paid is not owed."""


_S = ReturnStatus
_UNDER_WAY: Final = frozenset(
    {_S.APPROVED, _S.SHIPPED, _S.RECEIVED, _S.AWAITING_PERSON, _S.INSPECTED, _S.REFUNDING, _S.REFUNDED}
)
MOVES: Final[Mapping[str, frozenset[ReturnStatus]]] = {
    # verb        from
    "approve":    frozenset({_S.IN_REVIEW}),
    "refuse":     frozenset({_S.IN_REVIEW}),
    "receive":    _UNDER_WAY | {_S.CLOSED, _S.CANCELLED, _S.LAPSED},
}  # fmt: skip
"""The statuses from which a review, and the first fact of the warehouse, may start. All other verbs look at each unit
for itself (Z24).
"""


def ending_of(decisions: Collection[UnitOutcome], *, whole: bool) -> Ending:
    """How a return ends whose units were decided so. `whole`: each refund was paid in full."""
    if UnitOutcome.ACCEPTED not in decisions:
        return Ending.GOODS_BACK if UnitOutcome.REFUSED in decisions else Ending.CANCELLED
    return Ending.REFUNDED if whole and set(decisions) == {UnitOutcome.ACCEPTED} else Ending.PARTLY_REFUNDED


STATUS_OF_ENDING: Final[Mapping[Ending, ReturnStatus]] = {
    Ending.REFUNDED: ReturnStatus.CLOSED,
    Ending.PARTLY_REFUNDED: ReturnStatus.CLOSED,
    Ending.GOODS_BACK: ReturnStatus.CLOSED,
    Ending.REFUSED: ReturnStatus.REFUSED,
    Ending.CANCELLED: ReturnStatus.CANCELLED,
    Ending.LAPSED: ReturnStatus.LAPSED,
}
STATUS_OF_WHEREABOUTS: Final[Mapping[Whereabouts, ReturnStatus]] = {
    Whereabouts.WITH_CUSTOMER: ReturnStatus.APPROVED,
    Whereabouts.IN_TRANSIT: ReturnStatus.SHIPPED,
    Whereabouts.AT_DOCK: ReturnStatus.RECEIVED,
    Whereabouts.IN_INSPECTION: ReturnStatus.AWAITING_PERSON,
}
STATUS_OF_REFUND: Final[Mapping[RefundState, ReturnStatus]] = {
    RefundState.OPENED: ReturnStatus.REFUNDING,
    RefundState.DOUBTED: ReturnStatus.REFUNDING,
    RefundState.FAILED: ReturnStatus.REFUNDING,
    RefundState.SETTLED: ReturnStatus.REFUNDED,
    RefundState.CLOSED: ReturnStatus.REFUNDED,
}
LEAST_FAR_FIRST: Final = (
    ReturnStatus.AWAITING_PERSON,
    ReturnStatus.APPROVED,
    ReturnStatus.SHIPPED,
    ReturnStatus.RECEIVED,
    ReturnStatus.INSPECTED,
    ReturnStatus.REFUNDING,
    ReturnStatus.REFUNDED,
)
"""The order in which units decide the status: a unit that waits for a person first, then the least advanced unit."""
