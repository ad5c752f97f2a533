"""The ledger: double entry, append only. Every posting sums to zero. A balance is the sum of its entries (I-06)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

OWED: Final = "owed"
"""The debt to customers until the provider has paid."""
UNPAID: Final = "unpaid"
"""The debt that the provider has refused to pay. A person must find another way."""
PAID_TWICE: Final = "paid_twice"
"""Money that went back twice, or without being owed. Somebody owes it to the merchant."""
NOT_OWED: Final = "not_owed"
"""Debts of which two persons have found that they do not exist."""
BY_HAND: Final = "by_hand"
"""The means of a payment that a person has made back to the original payment."""


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One side of a posting; positive is debit."""

    account: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Posting:
    """Entries that belong together. The id names the fact, so that no fact is posted twice."""

    id: str
    entries: tuple[LedgerEntry, ...]
    payout: str | None = None

    def __post_init__(self) -> None:
        if sum(entry.amount_minor for entry in self.entries) != 0:
            raise ValueError(f"posting {self.id} does not balance")


def opening_posting(refund: str, components: Mapping[str, int]) -> Posting:
    """The amount that the merchant takes back from income and owes now."""
    total = sum(components.values())
    parts = tuple(LedgerEntry(f"component:{name}", minor) for name, minor in components.items() if minor)
    return Posting(f"{refund}:opened", (*parts, LedgerEntry(OWED, -total)))


def stopping_posting(refund: str, components: Mapping[str, int]) -> Posting:
    """A refund was stopped before it was sent: what its opening posted is posted the other way."""
    opened = opening_posting(refund, components)
    return Posting(f"{refund}:stopped", tuple(LedgerEntry(each.account, -each.amount_minor) for each in opened.entries))


def account_of(tender: str, means: str | None) -> str:
    """From where the money goes: the payment of the order, or the means by which a person has paid."""
    return f"tender:{tender}" if means in {None, BY_HAND} else f"means:{means}"


def payment_posting(payout: str, account: str, minor: int) -> Posting:
    """The amount is paid: the debt and the money are gone."""
    return Posting(f"{payout}:settled", (LedgerEntry(OWED, minor), LedgerEntry(account, -minor)), payout)


def refusal_posting(payout: str, minor: int) -> Posting:
    """The provider has refused: the debt stays, without a reservation."""
    return Posting(f"{payout}:failed", (LedgerEntry(OWED, minor), LedgerEntry(UNPAID, -minor)), payout)


def another_attempt_posting(payout: str, minor: int) -> Posting:
    """A debt that was refused is to be paid by this payout."""
    return Posting(f"{payout}:reserved", (LedgerEntry(UNPAID, minor), LedgerEntry(OWED, -minor)), payout)


def withdrawal_posting(payout: str, minor: int) -> Posting:
    """This payout was taken back before anybody paid."""
    return Posting(f"{payout}:withdrawn", (LedgerEntry(OWED, minor), LedgerEntry(UNPAID, -minor)), payout)


def late_posting(payout: str, debt: str, account: str, minor: int) -> Posting:
    """An attempt that had failed was paid after all. `debt` is where the debt stood."""
    return Posting(f"{payout}:late", (LedgerEntry(debt, minor), LedgerEntry(account, -minor)), payout)


def surplus_posting(payout: str, minor: int, account: str) -> Posting:
    """Money went back that had gone back before."""
    return Posting(f"{payout}:surplus", (LedgerEntry(PAID_TWICE, minor), LedgerEntry(account, -minor)), payout)


def closing_posting(payout: str, minor: int) -> Posting:
    """What this payout did not pay is not owed."""
    return Posting(f"{payout}:closed", (LedgerEntry(UNPAID, minor), LedgerEntry(NOT_OWED, -minor)), payout)
