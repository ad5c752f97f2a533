"""The books: double entry, append only. Every posting sums to nothing; a balance is the sum of its
entries (I-06).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

OWED: Final = "owed"
"""What is on its way to customers: a debt until the provider has paid."""
UNPAID: Final = "unpaid"
"""What the provider has refused to pay: still a debt, for which a person must find another way."""


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One side of a posting; positive is debit."""

    account: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Posting:
    """Entries that belong together; its id says what it records, so that nothing is recorded twice."""

    id: str
    entries: tuple[LedgerEntry, ...]
    payout: str | None = None

    def __post_init__(self) -> None:
        if sum(entry.amount_minor for entry in self.entries) != 0:
            raise ValueError(f"posting {self.id} does not balance")


def opening_posting(refund: str, components: Mapping[str, int]) -> Posting:
    """What the merchant takes back from its income, and owes now."""
    total = sum(components.values())
    parts = tuple(LedgerEntry(f"component:{name}", minor) for name, minor in components.items() if minor)
    return Posting(f"{refund}:opened", (*parts, LedgerEntry(OWED, -total)))


def payment_posting(payout: str, tender: str, minor: int) -> Posting:
    """The provider has paid: the debt is gone, and so is the money."""
    return Posting(f"{payout}:settled", (LedgerEntry(OWED, minor), LedgerEntry(f"tender:{tender}", -minor)), payout)


def refusal_posting(payout: str, minor: int) -> Posting:
    """The provider has refused: the debt stays, without a reservation."""
    return Posting(f"{payout}:failed", (LedgerEntry(OWED, minor), LedgerEntry(UNPAID, -minor)), payout)
