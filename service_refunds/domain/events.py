"""Domain events of refunds, orders and returns."""

from dataclasses import dataclass
from datetime import datetime

from service_refunds.domain.ledger.balance import Balance, BalanceChange
from service_refunds.domain.ledger.double_entry import Posting


@dataclass(frozen=True, slots=True)
class PaidTwice:
    """What a person must look at. `refund_id` names the fact, `minor` is how much more went back than was paid."""

    id: str
    refund_id: str
    code: str
    minor: int


@dataclass(frozen=True, slots=True)
class DoublePaymentClosed:
    """A person has found out what became of money that may have gone back twice."""


@dataclass(frozen=True, slots=True)
class OrderRecorded:
    """An order is known now, and its balances are open."""

    balances: tuple[Balance, ...]


@dataclass(frozen=True, slots=True)
class OrderCorrected:
    """The snapshot of an order was wrong. Nothing rested on it, so its balances are opened anew."""

    gone: tuple[Balance, ...]
    balances: tuple[Balance, ...]


@dataclass(frozen=True, slots=True)
class LaterFactKnown:
    """Something happened to the order after its import. The balances change with it.

    `excess` is money that was paid twice, by somebody else and by us: a person must look.
    """

    fresh: tuple[Balance, ...]
    shifts: tuple[BalanceChange, ...]
    excess: tuple[PaidTwice, ...] = ()


@dataclass(frozen=True, slots=True)
class RefundCounted:
    """An order has one more refund. A calculation made at the same time fails to save and is made again."""


@dataclass(frozen=True, slots=True)
class ReturnRecorded:
    """A return's facts are known or have changed."""


@dataclass(frozen=True, slots=True)
class RefundOpened:
    """The amount of a refund is reserved."""

    fresh: tuple[Balance, ...]
    shifts: tuple[BalanceChange, ...]
    posting: Posting


@dataclass(frozen=True, slots=True)
class RefundStopped:
    """A correction came before the provider was asked. The units may have another refund."""

    freed: tuple[str, ...]
    shifts: tuple[BalanceChange, ...]
    posting: Posting
    at: datetime


@dataclass(frozen=True, slots=True)
class RefundSubmitted:
    """From this commit on the provider may have been asked."""


@dataclass(frozen=True, slots=True)
class PayoutEnded:
    """A payout was paid or refused for good. Its part is no longer reserved."""

    shifts: tuple[BalanceChange, ...]
    posting: Posting


@dataclass(frozen=True, slots=True)
class PayoutReserved:
    """The amount of an attempt that had failed is reserved for another attempt."""

    shifts: tuple[BalanceChange, ...]
    posting: Posting


@dataclass(frozen=True, slots=True)
class PaidAgain:
    """Money went back that had gone back before, or was not owed. A person must look."""

    minor: int
    code: str
    posting: Posting


@dataclass(frozen=True, slots=True)
class DebtClosed:
    """Two persons have found that this amount is not owed."""

    posting: Posting


@dataclass(frozen=True, slots=True)
class RefundDelayed:
    """The provider could not pay for a reason that passes; the next attempt has its time."""


@dataclass(frozen=True, slots=True)
class RefundReopened:
    """A refund that had failed is tried again."""

    at: datetime


@dataclass(frozen=True, slots=True)
class ResolutionChanged:
    """A person has said what becomes of the money, or a second person has answered."""


@dataclass(frozen=True, slots=True)
class RefundClosed:
    """What was not paid is not owed, as two persons say."""

    minor: int
    because: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RefundAccepted:
    """The provider has accepted the refund; it is not paid yet."""


@dataclass(frozen=True, slots=True)
class RefundDoubted:
    """The provider has not answered."""


@dataclass(frozen=True, slots=True)
class RefundAskedAgain:
    """The provider was asked again, and the state of the refund is as before."""


@dataclass(frozen=True, slots=True)
class RefundSettled:
    """All payouts have been paid."""


@dataclass(frozen=True, slots=True)
class RefundFailed:
    """The provider has refused for good."""


@dataclass(frozen=True, slots=True)
class RemainderClosed:
    """A person has settled what no payment could give back."""

    outcome: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RefundReferred:
    """The provider's answer stayed unknown for too long. A person must find out."""
