"""The units in which providers and cash desks take amounts, where they differ from ISO 4217 (H11).

An amount that a provider cannot take exactly is rounded down for each call. The rest is a named residue until it is
paid another way. Sources: the providers' own currency pages. Cash is rounded to existing coins.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shared.kernel.money import EXPONENTS, Money, half_up


@dataclass(frozen=True, slots=True)
class ProviderUnit:
    """The decimals a provider counts in, and the step of ISO minor units that it accepts."""

    exponent: int
    step: int = 1


@dataclass(frozen=True, slots=True)
class ProviderAmount:
    """An amount for a provider: the integer in the provider's units, the money that it is worth, and the residue."""

    units: int
    sent: Money
    residue: Money


_LAST_DIGIT_0: Final = ProviderUnit(exponent=3, step=10)
PROVIDER_UNITS: Final[Mapping[str, Mapping[str, ProviderUnit]]] = {
    "adyen": {
        "CLP": ProviderUnit(exponent=2),
        "CVE": ProviderUnit(exponent=0, step=100),
        "IDR": ProviderUnit(exponent=0, step=100),
        "ISK": ProviderUnit(exponent=2),
    },
    "paypal": {"HUF": ProviderUnit(exponent=0, step=100), "TWD": ProviderUnit(exponent=0, step=100)},
    "stripe": {
        **dict.fromkeys(("BHD", "JOD", "KWD", "OMR", "TND"), _LAST_DIGIT_0),
        "ISK": ProviderUnit(exponent=2),
        "MGA": ProviderUnit(exponent=0, step=100),
    },
    "last_digit_0": dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), _LAST_DIGIT_0),
}


def provider_amount(amount: Money, provider: str) -> ProviderAmount:
    """A non-negative amount as the provider takes it. A provider without an entry takes ISO minor units."""
    iso = EXPONENTS[amount.currency]
    quirk = PROVIDER_UNITS.get(provider, {}).get(amount.currency, ProviderUnit(iso))
    sent = Money(amount.minor - amount.minor % quirk.step, amount.currency)
    units = sent.minor * 10**quirk.exponent // 10**iso
    return ProviderAmount(units, sent, amount - sent)


CASH_STEPS: Final[Mapping[str, int]] = {
    "AUD": 5, "CAD": 5, "CHF": 5, "MYR": 5,
    "ILS": 10, "NZD": 10,
    "DKK": 50,
    "CZK": 100, "NOK": 100, "SEK": 100,
    "HUF": 500,
}  # fmt: skip
"""The smallest coin of a currency in minor units, where that is more than one. Countries of the euro differ, so a shop
there names its own.
"""


def cash_amount(amount: Money, *, used: Money, captured: Money, step: Money | None = None) -> Money:
    """The cash for `amount`, when `used` of the `captured` cash was refunded before.

    The running total is rounded to the nearest coin, a half up, and stays within what coins can pay of `captured`. So
    the differences never add up, and all parts together give back what was paid in cash.
    """
    coin = CASH_STEPS.get(amount.currency, 1) if step is None else step.minor

    def in_coins(minor: int) -> int:
        return coin * min(half_up(minor, coin), captured.minor // coin)

    return amount.like(in_coins(used.minor + amount.minor) - in_coins(used.minor))
