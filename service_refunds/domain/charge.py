"""An amount as it was charged: one canonical figure and the tax of each rate, never derived again (H03).

In tax-inclusive shops the canonical figure is the gross amount and net = gross - tax; in tax-exclusive
shops it is the net amount and gross = net + tax. Every figure of a charge is shared by itself.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from shared.kernel.money import Money, cumulative


class PriceMode(StrEnum):
    INCLUSIVE = "inclusive"
    EXCLUSIVE = "exclusive"


@dataclass(frozen=True, slots=True)
class Tax:
    """Tax of one rate as charged; `rate` is its name, such as "19" or "CA 7.25"."""

    rate: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Charge:
    """A canonical amount with its taxes; arithmetic keeps the rates in their places."""

    amount: Money
    taxes: tuple[Tax, ...] = ()

    def tax(self) -> Money:
        """All rates together."""
        if len(self.taxes) == 1:
            return self.taxes[0].amount
        return Money(sum([tax.amount.minor for tax in self.taxes]), self.amount.currency)

    def gross(self, mode: PriceMode) -> Money:
        return self.amount if mode is PriceMode.INCLUSIVE else self.amount + self.tax()

    def net(self, mode: PriceMode) -> Money:
        return self.amount if mode is PriceMode.EXCLUSIVE else self.amount - self.tax()

    def take(self, done: int, take: int, quantity: int) -> Self:
        """The part of units (done, done + take] of `quantity`, each figure cumulated by itself (CUM)."""
        taxes = [Tax(tax.rate, cumulative(tax.amount, done, take, quantity)) for tax in self.taxes]
        return type(self)(cumulative(self.amount, done, take, quantity), tuple(taxes))

    def fraction(self, part: int, whole: int) -> Self:
        """Each figure × part / whole, rounded half up by itself."""
        taxes = [Tax(tax.rate, tax.amount.fraction(part, whole)) for tax in self.taxes]
        return type(self)(self.amount.fraction(part, whole), tuple(taxes))

    def negative(self) -> Self:
        """The charge the other way round."""
        return type(self)(-self.amount, tuple([Tax(tax.rate, -tax.amount) for tax in self.taxes]))

    def minus(self, other: "Charge") -> Self:
        """This charge without `other`; a rate that only `other` has goes below zero."""
        if [tax.rate for tax in self.taxes] == [tax.rate for tax in other.taxes]:
            pairs = zip(self.taxes, other.taxes, strict=True)
            taxes = [Tax(tax.rate, tax.amount - gone.amount) for tax, gone in pairs]
            return type(self)(self.amount - other.amount, tuple(taxes))
        return self._minus_other_rates(other)

    def _minus_other_rates(self, other: "Charge") -> Self:
        gone = {tax.rate: tax.amount for tax in other.taxes}
        taxes = [Tax(tax.rate, tax.amount - gone.pop(tax.rate)) if tax.rate in gone else tax for tax in self.taxes]
        return type(self)(self.amount - other.amount, (*taxes, *(Tax(rate, -amount) for rate, amount in gone.items())))
