"""An amount as it was charged: one canonical figure and the tax of each rate, never computed again (H03).

In tax-inclusive shops the canonical figure is the gross amount and net = gross - tax. In tax-exclusive shops the
canonical figure is the net amount and gross = net + tax. Every figure of a charge is shared separately.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from operator import neg, sub
from typing import Self

from shared.kernel.money import Money, grow, half_up


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
    """A canonical amount with its taxes. `figures` holds, in minor units of `currency`, the amount and then the tax of
    each of the `rates`.

    Arithmetic treats all figures alike and keeps the order of the rates.
    """

    currency: str
    rates: tuple[str, ...]
    figures: tuple[int, ...]

    @classmethod
    def of(cls, amount: Money, taxes: Iterable[Tax] = ()) -> Self:
        """The charge of an amount and its taxes."""
        rates, figures = [], [amount.minor]
        for tax in taxes:
            rates.append(tax.rate)
            figures.append(tax.amount.minor)
        return cls(amount.currency, tuple(rates), tuple(figures))

    @property
    def canonical(self) -> int:
        """The amount, in minor units."""
        return self.figures[0]

    @property
    def taxes(self) -> list[tuple[str, int]]:
        """Each rate with its tax, in minor units."""
        return [(rate, self.figures[place]) for place, rate in enumerate(self.rates, 1)]

    def tax(self) -> int:
        """All rates together, in minor units."""
        return sum(self.figures[1:])

    def gross(self, mode: PriceMode) -> int:
        """What the customer pays, in minor units."""
        return self.figures[0] if mode is PriceMode.INCLUSIVE else sum(self.figures)

    def net(self, mode: PriceMode) -> int:
        """The same without tax, in minor units."""
        return self.figures[0] if mode is PriceMode.EXCLUSIVE else self.figures[0] - sum(self.figures[1:])

    def take(self, done: int, take: int, quantity: int) -> Self:
        """The part of the units (done, done + take] of `quantity`, each figure cumulated separately (CUM)."""
        return self._with([grow(figure, done, take, quantity) for figure in self.figures])

    def fraction(self, part: int, whole: int) -> Self:
        """Each figure × part / whole, each rounded half up. A zero whole gives nothing."""
        return self._with([half_up(figure * part, whole) if whole else 0 for figure in self.figures])

    def negative(self) -> Self:
        """The charge with the opposite sign."""
        return self._with(map(neg, self.figures))

    def nothing(self) -> Self:
        """A charge of zero with the same rates."""
        return self._with([0] * len(self.figures))

    def minus(self, other: "Charge") -> Self:
        """This charge without `other`. A rate that only `other` has becomes negative."""
        if self.rates == other.rates:
            return self._with(map(sub, self.figures, other.figures))
        left = dict(self.taxes)
        for rate, gone in other.taxes:
            left[rate] = left.get(rate, 0) - gone
        return type(self)(self.currency, tuple(left), (self.canonical - other.canonical, *left.values()))

    def at_least(self, other: "Charge") -> Self:
        """For each figure the greater one. `other` has the same rates."""
        return self._with(map(max, self.figures, other.figures))

    def _with(self, figures: Iterable[int]) -> Self:
        return type(self)(self.currency, self.rates, tuple(figures))
