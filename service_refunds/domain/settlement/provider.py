"""What a payment provider is to us: asked to pay under our own key, asked what became of it; and it may
stay silent.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from shared.kernel.errors import Refused, Said
from shared.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Paid:
    """The money has left; `trace` is what the customer can ask her bank about (I14)."""

    trace: str


@dataclass(frozen=True, slots=True)
class Declined:
    """A definite no; nothing was or will be paid under this key."""

    code: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """Accepted by the provider and not paid yet: nobody is told that money was refunded (I03)."""


ProviderAnswer = Paid | Declined | Accepted


class NoProviderAnswer(Exception):
    """No answer: a time-out, a broken connection, a server error. The money may have left or not."""


class KeyReused(Refused):
    """The key was used for another amount or means of payment: a defect on our side, and nothing is paid."""

    code = "provider_key_reused"
    title = Said("The provider's key was used before", "支付渠道单号已使用")
    detail = Said("{key} was used for another payment.", "{key} 已用于另一笔付款。")


class PaymentProvider(Protocol):
    """A way to pay back. Implementations are held to one suite
    (tests/contract/test_payment_provider.py).

    `key_window` is how long the provider is certain to honour a key; zero for one that does not, and
    then nothing is ever sent twice.
    """

    @property
    def key_window(self) -> timedelta: ...

    async def refund(self, key: str, reference: str, amount: Money) -> ProviderAnswer:
        """Pay `amount` back to the payment `reference`; the same key again gives the same answer and pays nothing more.

        Raises `NoProviderAnswer`, and `KeyReused` for the same key with other contents.
        """
        ...

    async def lookup(self, key: str) -> ProviderAnswer | None:
        """What became of this key; None when the provider does not know the key. Raises `NoProviderAnswer`."""
        ...
