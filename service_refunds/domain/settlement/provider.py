"""The port to a payment provider. Payments carry a key of ours; a call may stay without an answer."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from shared.kernel.errors import Refused, Said
from shared.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Paid:
    """The money was paid. `trace` is the number that the customer can ask the bank about (I14)."""

    trace: str


@dataclass(frozen=True, slots=True)
class Declined:
    """A definite refusal: nothing was or will be paid under this key."""

    code: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has accepted the payment and has not paid yet. Nobody is told that money was refunded (I03)."""


ProviderAnswer = Paid | Declined | Accepted


class NoProviderAnswer(Exception):
    """No answer: a time-out, a broken connection, a server error. The money may have been paid or not."""


class KeyReused(Refused):
    """The key was used for another amount or means of payment. This is a defect of ours, and nothing is paid."""

    code = "provider_key_reused"
    title = Said("The provider's key was used before", "支付渠道单号已使用")
    detail = Said("{key} was used for another payment.", "{key} 已用于另一笔付款。")


class PaymentProvider(Protocol):
    """A way to pay back. One suite tests every implementation (tests/contract/test_payment_provider.py).

    `key_window` is how long the provider is certain to honour a key. Zero means that the provider honours none; then
    nothing is ever sent twice.
    """

    @property
    def key_window(self) -> timedelta: ...

    async def refund(self, key: str, reference: str, amount: Money) -> ProviderAnswer:
        """Pay `amount` back to the payment `reference`. The same key again gives the same answer and pays nothing more.

        Raises `NoProviderAnswer`, and `KeyReused` for the same key with other contents.
        """
        ...

    async def lookup(self, key: str) -> ProviderAnswer | None:
        """What became of this key. None when the provider does not know the key. Raises `NoProviderAnswer`."""
        ...
