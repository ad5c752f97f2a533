"""The terms of laws and policies. Both use the same classes, so that their terms can be compared."""

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
    """How long a right lasts, and its remedies. `extension` follows the end while the right was not explained.

    A window with `after_failed_repairs` opens only after so many failed repairs.
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
    """Goods that are excluded from a return without a reason, if `only_if` is empty or names a state of the unit.

    Without `goods` the exclusion is for everything to which its row applies.
    """

    goods: Goods | None
    needs_confirmation: bool = False
    only_if: frozenset[State] = frozenset()


@dataclass(frozen=True, slots=True)
class IntactTest:
    """States in which goods of these classes are not intact. `refuses`: the return is refused, else reduced."""

    classes: frozenset[LawClass]
    states: frozenset[State]
    refuses: bool = True


@dataclass(frozen=True, slots=True)
class Harmless:
    """States that never count against a customer."""

    states: frozenset[State]


@dataclass(frozen=True, slots=True)
class ReturnFreight:
    """Who pays for sending back; `if_not_told` pays when the customer was not told before the contract."""

    cause: Cause
    payer: Payer
    if_not_told: Payer | None = None


@dataclass(frozen=True, slots=True)
class FeeBar:
    """No restocking or handling fee for returns of this cause."""

    cause: Cause


@dataclass(frozen=True, slots=True)
class RefundClock:
    """The refund is due so long after the first of `starts`; the refund may wait for the first of `may_wait_for`.

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
    """The time that the customer has for sending, from the statement."""

    period: Period


@dataclass(frozen=True, slots=True)
class NoProofs:
    """A clear statement is enough: no other proofs than these may be required before a return of this cause."""

    cause: Cause
    allowed: frozenset[Proof]


@dataclass(frozen=True, slots=True)
class Promotion:
    """How discounts are shared on a part return. Another mode is allowed only if the customer was told before."""

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
    """Refunds use the means of the payment; another means only with recorded consent."""


@dataclass(frozen=True, slots=True)
class Penalty:
    """`what` must happen within the period after the milestone; later is a breach."""

    what: str
    after: Milestone
    period: Period


@dataclass(frozen=True, slots=True)
class Retention:
    """Records of this class are kept at least for this period."""

    record: Record
    period: Period


@dataclass(frozen=True, slots=True)
class Duty:
    """What the merchant must do or show. The page says so; people check the duty."""

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
