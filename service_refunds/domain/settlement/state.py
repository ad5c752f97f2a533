"""The states of a refund and of its payouts, and the table of the moves of a refund (RELIABILITY 2.0, I07, Z22)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Of a refund."""

    RESERVED = "reserved"
    SUBMITTING = "submitting"
    PENDING = "pending"
    UNKNOWN = "unknown"
    SETTLED = "settled"
    FAILED = "failed"
    MANUAL_REVIEW = "manual_review"
    STOPPED = "stopped"
    """A correction came before the provider was asked. The refund pays nothing (Z01)."""
    WAITING = "waiting"
    """The provider could not pay for a reason that passes. The next attempt has its time."""
    AWAITING_CONFIRMATION = "awaiting_confirmation"
    """A person has said what becomes of the money, and a second person has not confirmed it yet (I07)."""
    CLOSED = "closed"
    """Two persons have found that what is not paid is not owed."""


class PayoutState(StrEnum):
    """Of one payout: one attempt to give one amount back."""

    RESERVED = "reserved"
    SUBMITTING = "submitting"
    PENDING = "pending"
    UNKNOWN = "unknown"
    SETTLED = "settled"
    FAILED = "failed"
    STOPPED = "stopped"
    """Taken back before anybody paid."""


STATES_AT_PROVIDER: Final = frozenset({State.SUBMITTING, State.PENDING, State.UNKNOWN})
"""The provider may know of the refund, and its end is not known."""
ENDS: Final = frozenset({State.SETTLED, State.STOPPED, State.CLOSED})
"""Nobody owes anything any more."""
UNPAID: Final = frozenset({State.FAILED, State.WAITING})
"""The provider has refused for certain, and the money is still owed."""
ENDED_PAYOUTS: Final = frozenset({PayoutState.SETTLED, PayoutState.FAILED, PayoutState.STOPPED})

MOVES: Final[Mapping[str, tuple[frozenset[State], State]]] = {
    # verb     from                                       to
    "submit": (frozenset({State.RESERVED}),               State.SUBMITTING),
    "close":  (frozenset({State.RESERVED}),               State.SETTLED),
    "withhold": (frozenset({State.RESERVED}),             State.MANUAL_REVIEW),
    "resolve": (frozenset({State.MANUAL_REVIEW}),         State.SETTLED),
    "accept": (frozenset({State.SUBMITTING, State.UNKNOWN}), State.PENDING),
    "doubt":  (frozenset({State.SUBMITTING}),             State.UNKNOWN),
    "settle": (STATES_AT_PROVIDER,                        State.SETTLED),
    "fail":   (STATES_AT_PROVIDER,                        State.FAILED),
    "delay":  (STATES_AT_PROVIDER,                        State.WAITING),
    "stop":   (frozenset({State.RESERVED}),               State.STOPPED),
    "refer":  (frozenset({State.PENDING, State.UNKNOWN}), State.MANUAL_REVIEW),
    "retry":  (UNPAID,                                    State.RESERVED),
    "give_up": (frozenset({State.WAITING}),               State.FAILED),
    "inquire": (frozenset({State.MANUAL_REVIEW}),         State.UNKNOWN),
    "propose": (frozenset({State.FAILED, State.MANUAL_REVIEW}), State.AWAITING_CONFIRMATION),
    "fall_back": (frozenset({State.AWAITING_CONFIRMATION}), State.FAILED),
    "review_again": (frozenset({State.AWAITING_CONFIRMATION}), State.MANUAL_REVIEW),
    "confirm_payment": (frozenset({State.AWAITING_CONFIRMATION}), State.SETTLED),
    "confirm_closure": (frozenset({State.AWAITING_CONFIRMATION}), State.CLOSED),
    "settle_late": (UNPAID | {State.RESERVED},            State.SETTLED),
}  # fmt: skip
