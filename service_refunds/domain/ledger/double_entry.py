"""The ledger: double entry, append only. Every posting sums to zero. A balance is the sum of its entries (I-06)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

OWED: Final = "owed"
"""The debt to customers until the provider has paid."""
UNPAID: Final = "unpaid"
"""The debt that the provider has refused to pay. A person must find another way."""


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


def payment_posting(payout: str, tender: str, minor: int) -> Posting:
    """The provider has paid: the debt and the money are gone."""
    return Posting(f"{payout}:settled", (LedgerEntry(OWED, minor), LedgerEntry(f"tender:{tender}", -minor)), payout)


def refusal_posting(payout: str, minor: int) -> Posting:
    """The provider has refused: the debt stays, without a reservation."""
    return Posting(f"{payout}:failed", (LedgerEntry(OWED, minor), LedgerEntry(UNPAID, -minor)), payout)
