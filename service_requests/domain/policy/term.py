"""What a law or a policy gives or keeps back, in one shape for both, so that they can be weighed against each other."""

from dataclasses import dataclass

from service_requests.domain.policy.vocabulary import (
    Cause,
    Goods,
    LawClass,
    Mode,
    OutboundFreight,
    Payer,
    Proof,
    Record,
    Remedy,
    Starts,
    State,
)
from shared.kernel.period import Period
from shared.kernel.refund_term import Milestone, RefundTerm


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """So long a right lasts, and what it gives. `extension` runs on from the end while the right was not explained.

    A window with `after_failed_repairs` opens only after so many repairs that did not help.
    """

    cause: Cause
    period: Period
    remedies: tuple[Remedy, ...] = (Remedy.REFUND,)
    starts: Starts = Starts.LAST_PARCEL
    rolls_over: bool = False
    extension: Period | None = None
    after_failed_repairs: int = 0


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Goods left out of a return without a reason. `only_if` names the states that must have come about first."""

    goods: Goods
    needs_confirmation: bool = False
    only_if: frozenset[State] = frozenset()


@dataclass(frozen=True, slots=True)
class IntactTest:
    """States in which goods of these classes are no longer intact; `refuses` or else only reduces the refund."""

    classes: frozenset[LawClass]
    states: frozenset[State]
    refuses: bool = True


@dataclass(frozen=True, slots=True)
class Harmless:
    """States that never count against a customer."""

    states: frozenset[State]


@dataclass(frozen=True, slots=True)
class ReturnFreight:
    """Who pays for sending back; `if_not_told` instead when the customer was not told before the contract."""

    cause: Cause
    payer: Payer
    if_not_told: Payer | None = None


@dataclass(frozen=True, slots=True)
class FeeBar:
    """No restocking or handling fee for returns of this cause."""

    cause: Cause


@dataclass(frozen=True, slots=True)
class RefundClock:
    """The refund is due so long after the first of `starts`; it may wait for the first of `may_wait_for`.

    When the merchant collects the goods, the clock runs from `if_collected` and there is no waiting.
    """

    cause: Cause
    period: Period
    starts: tuple[Milestone, ...]
    may_wait_for: tuple[Milestone, ...] = ()
    if_collected: Milestone | None = None

    def term(self, *, collects: bool = False) -> RefundTerm:
        """The clock as whoever counts the day needs it."""
        if not collects:
            return RefundTerm(self.period, self.starts, self.may_wait_for)
        return RefundTerm(self.period, self.starts if self.if_collected is None else (self.if_collected,))


@dataclass(frozen=True, slots=True)
class SendBack:
    """The customer has so long for sending, from the statement."""

    period: Period


@dataclass(frozen=True, slots=True)
class NoProofs:
    """A clear statement is enough: nothing beyond these may be asked for before a return of this cause."""

    cause: Cause
    allowed: frozenset[Proof]


@dataclass(frozen=True, slots=True)
class Promotion:
    """How discounts are shared on a part return; another mode only if it was told before the purchase."""

    mode: Mode
    other_if_told: bool = True


@dataclass(frozen=True, slots=True)
class OutboundFreightRule:
    """What becomes of the freight paid for the way out, when all goes back and when a part does."""

    cause: Cause
    whole: OutboundFreight
    part: OutboundFreight


@dataclass(frozen=True, slots=True)
class SameMeans:
    """Refunds go back the way they were paid; another way only with consent on record."""


@dataclass(frozen=True, slots=True)
class Penalty:
    """Longer than that after the milestone without `what` is a breach; the period's last day is the last without."""

    what: str
    after: Milestone
    period: Period


@dataclass(frozen=True, slots=True)
class Retention:
    """Records of this class are kept at least so long."""

    record: Record
    period: Period


@dataclass(frozen=True, slots=True)
class Duty:
    """What the merchant must do or show; said on the page, judged by people."""

    topic: str


Term = (
    Window
    | Exclusion
    | IntactTest
    | Harmless
    | ReturnFreight
    | FeeBar
    | RefundClock
    | SendBack
    | NoProofs
    | Promotion
    | OutboundFreightRule
    | SameMeans
    | Penalty
    | Retention
    | Duty
)
