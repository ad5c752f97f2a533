"""What happens to a refund and to what it is computed from, in our own words."""

from dataclasses import dataclass

from service_refunds.domain.ledger.balance import Balance, BalanceChange
from service_refunds.domain.ledger.double_entry import Posting


@dataclass(frozen=True, slots=True)
class OrderRecorded:
    """An order is known now, and its balances are open."""

    balances: tuple[Balance, ...]


@dataclass(frozen=True, slots=True)
class RefundCounted:
    """An order has one refund more: whoever computed beside it computes again."""


@dataclass(frozen=True, slots=True)
class ReturnRecorded:
    """A return's facts are known or have changed."""


@dataclass(frozen=True, slots=True)
class RefundOpened:
    """Money is reserved."""

    fresh: tuple[Balance, ...]
    shifts: tuple[BalanceChange, ...]
    posting: Posting


@dataclass(frozen=True, slots=True)
class RefundSubmitted:
    """From now on the provider may have been asked."""


@dataclass(frozen=True, slots=True)
class PayoutEnded:
    """One payout has been paid or refused for good: its part leaves the reservation."""

    shifts: tuple[BalanceChange, ...]
    posting: Posting


@dataclass(frozen=True, slots=True)
class RefundAccepted:
    """The provider has accepted the refund; it is not paid yet."""


@dataclass(frozen=True, slots=True)
class RefundDoubted:
    """The provider's answer is missing."""


@dataclass(frozen=True, slots=True)
class RefundAskedAgain:
    """The provider was asked again and it is as unknown as before."""


@dataclass(frozen=True, slots=True)
class RefundSettled:
    """Everything has been paid."""


@dataclass(frozen=True, slots=True)
class RefundFailed:
    """The provider has said no for good."""


@dataclass(frozen=True, slots=True)
class RefundReferred:
    """The provider's answer stayed unknown; a person must find out."""
