"""What a provider's refusal means: which failures pass by themselves, and which need a person at once (Z22).

A refusal is certain: nothing was or will be paid under its key. So another attempt with another key cannot pay twice.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Final


class FailureKind(StrEnum):
    """What helps against a failure."""

    TEMPORARY = "temporary"
    """It passes: the refund is tried again by itself, with pauses."""
    TENDER_DEAD = "tender_dead"
    """The payment cannot take the money back any more: another way is needed, with the customer's consent."""
    MONEY_GONE = "money_gone"
    """The provider says that the money went back before: a person finds out by whom."""
    REFUSED = "refused"
    """Any other refusal: a person looks."""


FAILURE_KINDS: Final[Mapping[str, FailureKind]] = {
    # code of the provider            what helps
    "try_again_later":                FailureKind.TEMPORARY,
    "processing_error":               FailureKind.TEMPORARY,
    "provider_busy":                  FailureKind.TEMPORARY,
    "rate_limited":                   FailureKind.TEMPORARY,
    "issuer_not_available":           FailureKind.TEMPORARY,
    "insufficient_merchant_balance":  FailureKind.TEMPORARY,
    "card_closed":                    FailureKind.TENDER_DEAD,
    "account_closed":                 FailureKind.TENDER_DEAD,
    "expired_card":                   FailureKind.TENDER_DEAD,
    "lost_or_stolen_card":            FailureKind.TENDER_DEAD,
    "payment_too_old":                FailureKind.TENDER_DEAD,
    "refund_not_supported":           FailureKind.TENDER_DEAD,
    "already_refunded":               FailureKind.MONEY_GONE,
    "charged_back":                   FailureKind.MONEY_GONE,
    "declined":                       FailureKind.REFUSED,
}  # fmt: skip
"""The codes that the adapters of providers give. A code that is not in the table is a refusal for a person."""

PAUSES: Final = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=3))
"""The pauses before the attempts that are made by themselves. After the last one a person looks."""


def kind_of(code: str | None) -> FailureKind:
    """What helps against a failure with this code."""
    return FAILURE_KINDS.get(code or "", FailureKind.REFUSED)


def pause_before_retry(codes: Iterable[str | None], tries: int) -> timedelta | None:
    """How long to wait before the next attempt that is made by itself. None: a person must look now.

    `tries` counts the attempts that were made so. One failure that does not pass calls a person for the whole refund.
    """
    passes = all(kind_of(code) is FailureKind.TEMPORARY for code in codes)
    return PAUSES[tries] if passes and tries < len(PAUSES) else None
